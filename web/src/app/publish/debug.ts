import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { bitrate, facts, milliseconds, pathWords, type Fact } from '../../element/facts.js';
import factStyles from '../../element/facts.css';
import shared from '../../element/shared.css';
import type { PeerStats } from '../../../types/parley.js';
import { StatsReader } from '../../shim/stats.js';
import styles from './debug.css';
import { foundWords } from './playlist.js';
import type { PlaylistWatch } from './playlist-watch.js';
import type { Publisher } from './publisher.js';
import type { Entry } from './signaling-log.js';
import { playlistUrl, socketUrl, type Target } from './target.js';
import { advice } from './words.js';

const refreshMs = 1000;

/**
 * Everything there is to know of a stream: what to try next, all states, and what went over the line.
 *
 * @fires copy — detail: the log as text
 */
@customElement('parley-publish-debug')
export class PublishDebug extends LitElement {
  static override styles = [shared, factStyles, styles];

  @property({ attribute: false, hasChanged: () => true }) publisher!: Publisher;
  @property({ attribute: false, hasChanged: () => true }) watch!: PlaylistWatch;
  @property({ attribute: false }) target!: Target;
  #clock = 0;
  #stats: PeerStats | null = null;
  #reader = new StatsReader();
  #read: RTCPeerConnection | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = window.setInterval(() => void this.#refresh(), refreshMs);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#clock);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { publisher, target } = this;
    return html`
      <section>
        <h3>What to try next</h3>
        <ol class="advice">
          ${advice(publisher, target).map((words) => html`<li>${words}</li>`)}
        </ol>
      </section>
      <div class="states">
        <section>
          <h3>Signaling</h3>
          ${facts([
            ['Address', socketUrl(target)],
            ['State', publisher.signaling],
            ['Reason', reason(publisher.trouble.signaling)],
            ['Connections lost', publisher.reconnects],
            ['Offers', publisher.offers],
          ])}
        </section>
        <section>
          <h3>Connection</h3>
          ${facts(this.#connection())}
        </section>
        <section>
          <h3>Stream</h3>
          ${facts([
            ['State', publisher.streaming],
            ['Reason', reason(publisher.trouble.streaming)],
            ['Address', playlistUrl(target)],
            ['Available', this.watch.found ? foundWords(this.watch.found) : 'not asked yet'],
          ])}
        </section>
      </div>
      <section>
        <div class="log-head">
          <h3>Signaling log</h3>
          <button
            class="button small"
            ?disabled=${publisher.log.entries.length === 0}
            @click=${() => this.dispatchEvent(new CustomEvent('copy', { detail: String(publisher.log) }))}
          >
            Copy the log
          </button>
        </div>
        ${this.#log()}
      </section>
    `;
  }

  #connection(): Fact[] {
    const pc = this.publisher.connection;
    if (!pc) return [['Connection', 'none']];
    const stats = this.#read === pc ? this.#stats : null;
    const states: Fact[] = [
      ['Connection', pc.connectionState],
      ['ICE', pc.iceConnectionState],
      ['Gathering', pc.iceGatheringState],
      ['Signaling', pc.signalingState],
    ];
    if (!stats) return states;
    const trip = stats.roundTripTime;
    return [
      ...states,
      ['Sending', bitrate(stats.sent)],
      ['Round trip', trip === null ? 'not measured yet' : milliseconds(trip)],
      ['Path', pathWords(stats)],
    ];
  }

  #log(): TemplateResult {
    const { entries, dropped } = this.publisher.log;
    if (entries.length === 0) return html`<p class="empty">Nothing yet: it fills when you start.</p>`;
    return html`
      <ol class="log" tabindex="0" aria-label="Signaling log, newest first">
        ${[...entries].reverse().map(line)}
        ${dropped ? html`<li class="dropped">${dropped} earlier lines are not kept.</li>` : nothing}
      </ol>
    `;
  }

  async #refresh(): Promise<void> {
    const pc = this.publisher.connection;
    if (pc !== this.#read) {
      this.#read = pc;
      this.#stats = null;
      this.#reader = new StatsReader();
    }
    if (pc) {
      const stats = await this.#reader.read(pc).catch(() => null);
      if (pc === this.#read) this.#stats = stats;
    }
    this.requestUpdate();
  }
}

const reason = (trouble: { code: string; message: string } | null): string =>
  trouble ? [trouble.code, trouble.message].filter(Boolean).join(': ') : 'none';

const arrows = { page: ['→', 'sent'], server: ['←', 'received'], note: ['·', ''] } as const;

function line({ at, by, title, text }: Entry): TemplateResult {
  const [arrow, words] = arrows[by];
  const head = html`
    <time>${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}</time>
    <span aria-hidden="true">${arrow}</span>
    <span class="title">${words ? html`<span class="unseen">${words} </span>` : nothing}${title}</span>
  `;
  if (!text) return html`<li class=${by}><div class="head">${head}</div></li>`;
  return html`
    <li class=${by}>
      <details>
        <summary class="head">${head}</summary>
        <pre>${pretty(text)}</pre>
      </details>
    </li>
  `;
}

/** A description's lines are lines. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).replaceAll('\\r\\n', '\n    ');
  } catch {
    return text;
  }
}
