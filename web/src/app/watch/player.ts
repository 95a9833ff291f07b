import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import * as icons from '../../element/icons.js';
import shared from '../../element/shared.css';
import { PlaylistWatch } from '../publish/playlist-watch.js';
import { Playback } from './playback.js';
import styles from './player.css';

/** What there is to see: `waiting` until the playlist has something to play, `ended` once it says that it is over. */
export type PlayerState = 'waiting' | 'starting' | 'playing' | 'ended' | 'failed';

/** Who waits for a stream sees it start; a request of a few hundred bytes is no burden. */
const lookAgainMs = 2_000;

/**
 * A live stream, from its HLS playlist. It waits for one that is not there yet, and for one that has ended to go on.
 *
 * `compact` is for a place that is given, among others, and has words of its own: it fills that, without controls.
 *
 * Attribute it sets, for style sheets and tests: data-state, a PlayerState.
 */
@customElement('parley-player')
export class Player extends LitElement {
  static override styles = [shared, styles];

  /** The playlist's address. */
  @property() src = '';
  @property({ type: Boolean, reflect: true }) compact = false;
  @state() private state: PlayerState = 'waiting';
  @state() private words = '';
  @state() private silent = true;

  @query('video') private video!: HTMLVideoElement;

  readonly #watch = new PlaylistWatch(() => this.#looked(), lookAgainMs);
  #playback: Playback | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#wait();
  }

  override disconnectedCallback(): void {
    this.#watch.stop();
    this.#drop();
    super.disconnectedCallback();
  }

  protected override updated(changed: PropertyValues): void {
    this.dataset.state = this.state;
    if (changed.has('src')) this.#wait();
  }

  protected override render(): TemplateResult {
    return html`
      <video
        muted
        autoplay
        playsinline
        ?controls=${this.state === 'playing' && !this.compact}
        aria-label="The stream"
        @playing=${() => (this.state = 'playing')}
        @ended=${() => this.#over()}
        @volumechange=${() => (this.silent = this.video.muted)}
      ></video>
      ${this.state === 'playing' ? html`<span class="badge">LIVE</span>` : nothing}
      ${this.state === 'playing' && (this.silent || this.compact) ? this.#sound() : nothing} ${this.#cover()}
    `;
  }

  #sound(): TemplateResult {
    return html`
      <button class="button small sound" @click=${() => (this.video.muted = !this.silent)}>
        ${icons.sound} Turn the sound ${this.silent ? 'on' : 'off'}
      </button>
    `;
  }

  #cover(): TemplateResult | typeof nothing {
    const said: Partial<Record<PlayerState, [string, string]>> = {
      waiting: ['Nothing to see yet', 'It starts here by itself as soon as the stream does.'],
      starting: ['Starting …', ''],
      ended: ['The stream is over', 'Should it begin again, it goes on here.'],
      failed: ['This stream cannot be played', this.words],
    };
    const found = said[this.state];
    if (!found) return nothing;
    const [title, words] = found;
    return html`<div class="cover" role="status">
      <strong>${title}</strong>
      <p>${words}</p>
    </div>`;
  }

  #looked(): void {
    const { found } = this.#watch;
    if (found?.kind !== 'playlist' || found.segments === 0 || found.ended || this.#playback) return;
    this.#watch.stop();
    this.state = 'starting';
    this.#playback = new Playback(this.video, this.src, {
      gone: () => this.#wait(),
      failed: (words) => {
        this.#drop();
        this.words = words;
        this.state = 'failed';
      },
    });
  }

  #wait(): void {
    this.#drop();
    this.state = 'waiting';
    if (this.src) this.#watch.start(this.src);
  }

  #over(): void {
    this.#wait();
    this.state = 'ended';
  }

  #drop(): void {
    this.#playback?.stop();
    this.#playback = null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-player': Player;
  }
}
