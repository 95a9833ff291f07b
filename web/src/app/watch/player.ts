import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import * as icons from '../../element/icons.js';
import shared from '../../element/shared.css';
import { beganAnew, foundWords, isPlayable, type Found, type Playlist } from '../publish/playlist.js';
import { PlaylistWatch } from '../publish/playlist-watch.js';
import { Playback } from './playback.js';
import styles from './player.css';

/**
 * What there is to see: `waiting` until the playlist has something to play, `ended` once it says that it is over. `blocked`:
 * the browser plays nothing before it is asked to. `stalled`: it has been playing, and nothing comes. `failed` until the playlist
 * begins anew.
 */
export type PlayerState = 'waiting' | 'starting' | 'blocked' | 'playing' | 'stalled' | 'ended' | 'failed';

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
  /** What the host is shown for it, where it lets only some watch. */
  @property({ attribute: false }) token = '';
  @property({ type: Boolean, reflect: true }) compact = false;
  @state() private state: PlayerState = 'waiting';
  @state() private words = '';
  @state() private silent = true;

  @query('video') private video!: HTMLVideoElement;

  readonly #watch = new PlaylistWatch(() => this.#looked(), {
    longestPauseMs: lookAgainMs,
    wants: (found) => isPlayable(found) && !(this.#failed && !beganAnew(this.#failed, found)),
  });
  #playback: Playback | null = null;
  /** As it was when it began to be played. */
  #playlist: Playlist | null = null;
  #stalledAt = 0;
  /** The one that could not be. */
  #failed: Playlist | null = null;

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
    if (changed.has('src') || (changed.has('token') && !this.#playback)) this.#wait();
  }

  protected override render(): TemplateResult {
    return html`
      <video
        muted
        playsinline
        ?controls=${this.state === 'playing' && !this.compact}
        aria-label="The stream"
        @loadstart=${() => this.#play()}
        @playing=${() => (this.state = 'playing')}
        @timeupdate=${() => this.#moves()}
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
      waiting: waitingWords(this.#watch.found, this.token !== ''),
      starting: ['Starting …', ''],
      blocked: ['Ready to play', ''],
      stalled: ['The stream has paused', 'It resumes here by itself.'],
      ended: ['The stream has ended', 'If it restarts, it will play here.'],
      failed: ['This stream cannot be played', this.words],
    };
    const found = said[this.state];
    if (!found) return nothing;
    const [title, words] = found;
    return html`<div class="cover" role="status">
      <strong>${title}</strong>
      ${
        this.state === 'blocked'
          ? html`<button class="button primary" @click=${() => this.#play()}>Play</button>`
          : html`<p>${words}</p>`
      }
    </div>`;
  }

  #looked(): void {
    this.requestUpdate();
    const { found } = this.#watch;
    if (!found || this.#playback) return;
    if (!isPlayable(found)) {
      // Whatever comes next is another stream.
      if (this.#failed) this.state = 'waiting';
      this.#failed = null;
      return;
    }
    if (this.#failed && !beganAnew(this.#failed, found)) return;
    this.#watch.stop();
    this.#failed = null;
    this.#playlist = found;
    this.state = 'starting';
    this.#playback = new Playback(this.video, found.url, {
      gone: () => this.#wait(),
      failed: (words) => {
        this.#failed = this.#playlist;
        this.#wait();
        this.words = words;
        this.state = 'failed';
      },
      stalled: () => {
        if (this.state !== 'playing') return;
        this.#stalledAt = this.video.currentTime;
        this.state = 'stalled';
      },
    });
  }

  /** Not every pause of the media ends in `playing`. */
  #moves(): void {
    if (this.state === 'stalled' && this.video.currentTime !== this.#stalledAt) this.state = 'playing';
  }

  /** Phones that save power, and browsers that are told to, play nothing by themselves, be it silent. */
  async #play(): Promise<void> {
    try {
      await this.video.play();
    } catch (error) {
      // Another error is about what is played: the playback tells.
      if ((error as DOMException).name === 'NotAllowedError' && this.#playback) this.state = 'blocked';
    }
  }

  #wait(): void {
    this.#drop();
    this.state = 'waiting';
    this.#watch.stop();
    if (this.src) this.#watch.start(this.src, this.token);
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

/** Of what is looked for, and not there yet. */
function waitingWords(found: Found | null, invited: boolean): [string, string] {
  switch (found?.kind) {
    case 'absent':
      return ['The stream has not started', `${found.says || foundWords(found)} This page keeps checking.`];
    case 'refused':
      return invited
        ? notInvitedHere(found.status)
        : ['Only invited people can watch this stream', 'Ask for a link.'];
    case 'silent':
      return ['The host is not responding', 'The host or the network may be down. This page keeps checking.'];
    case 'other':
    case 'unreadable':
      return ['No stream here', foundWords(found)];
    default:
      return ['The stream has not started', 'It will play here as soon as it starts.'];
  }
}

/** RFC 6750 3.1: 403 is about what a token is for, 401 about the token. */
const notInvitedHere = (status: number): [string, string] =>
  status === 403
    ? ['This invitation is for something else', 'Open the link that you were sent, or ask for a new one.']
    : ['Your invitation is not valid, or no longer', 'Ask for a new link.'];

declare global {
  interface HTMLElementTagNameMap {
    'parley-player': Player;
  }
}
