import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { hue } from './avatar.js';
import * as icons from './icons.js';
import type { Quality } from './quality.js';
import { stateWords } from './quality.js';
import shared from './shared.css';
import styles from './tile.css';
import { trustWords } from './verification.js';
import type { TileView } from './views.js';

/**
 * One person, one shared screen or one stream. Its attributes mirror its state: data-peer, data-kind (person, screen,
 * stream), data-state, data-self, data-speaking, data-muted.
 *
 * A stream is played by a <parley-player>, which a page may define; without one there is a link to the host's own page.
 *
 * @fires pin — the person wants this tile large, or no longer
 * @fires retry — the person wants a lost connection tried again
 * @fires sound-blocked — the browser wants a gesture before it plays sound
 */
@customElement('parley-tile')
export class Tile extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) view!: TileView;
  @property({ attribute: false }) pinned = false;
  /** Whether it can be made large. */
  @property({ attribute: false }) pinnable = true;
  /** The audio output's device id; empty for the browser's own choice. */
  @property({ attribute: false }) speaker = '';

  @query('video') private video!: HTMLVideoElement;
  @query('audio') private audio!: HTMLAudioElement | null;
  /** The sink that the audio element was given, to ask the browser only for changes. */
  #sink = '';

  /** Plays what the browser refused to play without a gesture. */
  play(): void {
    void this.video.play().catch(() => undefined);
    void this.audio?.play().catch((error: unknown) => {
      if (this.audio?.paused && error instanceof DOMException && error.name === 'NotAllowedError') {
        this.dispatchEvent(new CustomEvent('sound-blocked', { bubbles: true, composed: true }));
      }
    });
  }

  protected override updated(changed: PropertyValues): void {
    const { view } = this;
    if (changed.has('view')) {
      this.dataset.peer = view.peer;
      this.dataset.kind = view.kind;
      this.dataset.state = view.state;
      this.toggleAttribute('data-self', view.self);
      this.toggleAttribute('data-speaking', view.speaking);
      this.toggleAttribute('data-muted', view.muted);
      this.setAttribute('role', 'group');
      this.setAttribute('aria-label', description(view));
      this.style.setProperty('--hue', String(hue(view.name || 'You')));
      // A camera that closed keeps its last frame until the next one: no black flash on the way to the avatar.
      if (view.video) show(this.video, view.video);
      if (this.audio && show(this.audio, view.sound)) this.play();
    }
    if (this.audio && this.speaker !== this.#sink && 'setSinkId' in this.audio) {
      this.#sink = this.speaker;
      void this.audio.setSinkId(this.speaker).catch(() => undefined);
    }
  }

  protected override render(): TemplateResult {
    const { view } = this;
    return html`
      <video
        class="${view.mirrored ? 'mirrored' : ''} ${view.picture ? '' : 'hidden'}"
        aria-label=${view.kind === 'screen' ? `Screen of ${view.name}` : `Camera of ${view.name}`}
        autoplay
        playsinline
        .muted=${true}
      ></video>
      ${view.self ? nothing : html`<audio autoplay></audio>`}
      ${view.picture ? nothing : html`<div class="avatar"><parley-avatar .name=${view.name || 'You'}></parley-avatar></div>`}
      ${this.#cover()}
      <div class="caption" aria-hidden="true">
        ${view.muted ? icons.microphoneOff : nothing}
        <span>${caption(view)}</span>
        ${view.trust === 'unknown' ? nothing : html`<i class=${view.trust}>${view.trust === 'verified' ? icons.verified : icons.warning}</i>`}
      </div>
      ${view.quality ? bars(view.quality) : nothing}
      <button
        class="pin"
        aria-pressed=${this.pinned}
        aria-label="Pin ${view.name || 'yourself'}"
        title="Pin"
        ?hidden=${view.kind === 'screen' || !this.pinnable}
        @click=${() => this.#say('pin')}
      >
        ${icons.pin}
      </button>
    `;
  }

  #cover(): TemplateResult | typeof nothing {
    const { peer, state, words, stream, token } = this.view;
    if (stream)
      return html`<parley-player compact src=${stream} .token=${token}>
        <div class="cover">
          <strong>Streams live</strong>
          <a class="button small" href=${new URL(`/watch/${peer}`, stream).href} target="_blank">Watch</a>
        </div>
      </parley-player>`;
    if (state === 'connected') return nothing;
    const dots = html`<div class="dots" aria-hidden="true"><i></i><i></i><i></i></div>`;
    if (state === 'connecting' && !words) return html`<div class="cover connecting">${dots}</div>`;
    return html`
      <div class="cover">
        ${state === 'lost' ? icons.warning : dots}
        <strong>${state === 'connecting' ? 'Still connecting …' : stateWords[state]}</strong>
        ${words ? html`<p>${words}</p>` : nothing}
        ${
          state === 'lost'
            ? html`<button class="button small" @click=${() => this.#say('retry')}>Try again</button>`
            : nothing
        }
      </div>
    `;
  }

  #say(type: string): void {
    this.dispatchEvent(new CustomEvent(type));
  }
}

/** Gives a player another track; says whether it did. */
function show(player: HTMLMediaElement, track: MediaStreamTrack | null): boolean {
  const shown = player.srcObject instanceof MediaStream ? player.srcObject.getTracks()[0] : undefined;
  if ((track ?? undefined) === shown) return false;
  player.srcObject = track && new MediaStream([track]);
  return track !== null;
}

function caption({ kind, self, name, state, words }: TileView): string {
  if (kind === 'screen') return self ? 'Your screen' : `${name}’s screen`;
  if (kind === 'stream') return `Stream ${name}`;
  if (self) return name ? `${name} (you)` : 'You';
  return state === 'connected' && words ? `${name} · ${words}` : name;
}

const bars = (quality: Quality): TemplateResult => html`
  <div
    class="quality ${quality.bars < 3 ? 'weak' : ''}"
    role="img"
    aria-label=${quality.words}
    title=${quality.words}
  >
    ${[1, 2, 3, 4].map((bar) => html`<i class=${bar <= quality.bars ? 'on' : ''}></i>`)}
  </div>
`;

function description(view: TileView): string {
  const parts = [caption(view)];
  if (view.kind === 'person') {
    parts.push(view.muted ? 'microphone off' : 'microphone on', view.picture ? 'camera on' : 'camera off');
  }
  if (view.state !== 'connected') parts.push(stateWords[view.state].toLowerCase());
  else if (view.quality) parts.push(view.quality.words.toLowerCase());
  if (view.trust !== 'unknown') parts.push(trustWords[view.trust]);
  return parts.join(', ');
}
