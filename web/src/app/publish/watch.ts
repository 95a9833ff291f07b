import { html, nothing, type TemplateResult } from 'lit';
import * as icons from '../../element/icons.js';
import { foundWords } from './playlist.js';
import '../watch/player.js';
import type { PlaylistWatch } from './playlist-watch.js';
import { playlistUrl, problemsOf, roomUrl, watchUrl, type Target } from './target.js';

/** Where the stream is to be seen, and whether it is there. */
export function watchPanel(
  target: Target,
  token: string,
  watch: PlaylistWatch,
  streaming: boolean,
  copy: (link: string) => void,
): TemplateResult {
  const room = roomUrl(target, location);
  const page = watchUrl(target, location);
  const playlist = playlistUrl(target);
  if (problemsOf(target).sim) {
    return html`
      <section class="card" aria-labelledby="watch-title">
        <h2 id="watch-title">Watch</h2>
        <div class="way"><p>The address to watch at depends on the SIM number.</p></div>
      </section>
    `;
  }
  const link = (label: string, url: string): TemplateResult => html`
    <div class="link">
      <a href=${url} target="_blank" rel="noopener">${url}</a>
      <button class="button small" aria-label="Copy the link to ${label}" @click=${() => copy(url)}>
        ${icons.link} Copy
      </button>
    </div>
  `;
  return html`
    <section class="card" aria-labelledby="watch-title">
      <h2 id="watch-title">Watch</h2>
      ${
        page
          ? html`
              <div class="way">
                <h3>By anyone</h3>
                ${link('the page to watch at', page)}
                <p>
                  For any number of viewers, with a few seconds’ delay. Needs a media gateway on the server.
                </p>
              </div>
            `
          : nothing
      }
      <div class="way">
        <h3>As HLS</h3>
        ${link('the HLS playlist', playlist)}
        ${streaming ? availability(watch) : html`<p>Available here while you stream, if the server has a media gateway.</p>`}
        ${
          watch.found?.kind === 'playlist'
            ? html`<parley-player
                .src=${playlist}
                .token=${token}
                aria-label="The stream as viewers get it"
              ></parley-player>`
            : nothing
        }
      </div>
      ${
        room
          ? html`
              <div class="way">
                <h3>In the room</h3>
                ${link('watch in a tab', room)}
                <p>
                  Without a media gateway this is the only way to watch, for one viewer: open it in one other
                  tab or on one other device, and join.
                </p>
              </div>
            `
          : nothing
      }
    </section>
  `;
}

const availability = (watch: PlaylistWatch): TemplateResult => html`
  <p class="found" data-found=${watch.found?.kind ?? 'unknown'}>
    <span>${watch.found ? foundWords(watch.found) : 'Looking for it …'}</span>
    <button class="button small" ?disabled=${watch.looking} @click=${() => void watch.look()}>
      Look again
    </button>
  </p>
`;
