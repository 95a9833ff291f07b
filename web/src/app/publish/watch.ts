import { html, nothing, type TemplateResult } from 'lit';
import * as icons from '../../element/icons.js';
import { foundWords } from './playlist.js';
import type { PlaylistWatch } from './playlist-watch.js';
import { playlistUrl, problemsOf, roomUrl, type Target } from './target.js';

/** Where the stream is to be seen, and whether it is there. */
export function watchPanel(
  target: Target,
  watch: PlaylistWatch,
  streaming: boolean,
  copy: (link: string) => void,
): TemplateResult {
  const room = roomUrl(target, location);
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
        room
          ? html`
              <div class="way">
                <h3>In a tab</h3>
                ${link('watch in a tab', room)}
                <p>
                  Open it in one other tab or on one other device, and join. Where no media gateway runs, this
                  is the only way, and for one viewer.
                </p>
              </div>
            `
          : nothing
      }
      <div class="way">
        <h3>As HLS</h3>
        ${link('the HLS playlist', playlist)}
        ${streaming ? availability(watch) : html`<p>A server with a media gateway has it there while you stream.</p>`}
        ${watch.found?.kind === 'playlist' ? player(playlist) : nothing}
      </div>
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

const player = (url: string): TemplateResult =>
  playsHls()
    ? html`<video
        controls
        muted
        autoplay
        playsinline
        aria-label="The stream as viewers get it"
        src=${url}
      ></video>`
    : html`<p>
        This browser plays no HLS by itself. Open the link in Safari or in a player such as VLC or mpv.
      </p>`;

const playsHls = (): boolean =>
  document.createElement('video').canPlayType('application/vnd.apple.mpegurl') !== '';
