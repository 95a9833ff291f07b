import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Giver } from './claims.js';
import './device-choice.js';
import * as icons from './icons.js';
import styles from './lobby.css';
import type { LocalMedia } from './media.js';
import { keepFit } from './name.js';
import './preview.js';
import shared from './shared.css';

/**
 * Before the call: how one looks and sounds, under which name, with which devices.
 *
 * @fires join — detail: the name
 */
@customElement('parley-lobby')
export class Lobby extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false, hasChanged: () => true }) media!: LocalMedia;
  @property({ attribute: false }) room = '';
  @property({ attribute: false }) name = '';
  /** The name is their token's to say. */
  @property({ attribute: false }) given: Giver = '';
  /** Where the mark leads; there is none without. */
  @property({ attribute: false }) home = '';

  protected override render(): TemplateResult {
    const { media } = this;
    return html`
      ${this.home ? html`<a class="mark" href=${this.home}>${icons.logo}<span>Parley</span></a>` : nothing}
      <main class="lobby">
        <parley-preview .media=${media} .name=${this.name}></parley-preview>
        <form @submit=${this.#join}>
          <div class="title">
            <h1>${this.room}</h1>
            <p>${this.#readiness()}</p>
          </div>
          <label class="field">
            Your name${this.given ? `, from your ${this.given}` : ''}
            <input
              class="input"
              name="name"
              autocomplete="name"
              placeholder="How others see you"
              .value=${this.name}
              ?readonly=${this.given !== ''}
              @input=${this.#typed}
              @compositionend=${this.#typed}
            />
          </label>
          <output class="note"></output>
          <parley-device-choice .media=${media}></parley-device-choice>
          <button class="button primary" data-action="join">Join the room</button>
        </form>
      </main>
    `;
  }

  #typed(event: Event): void {
    this.name = keepFit(event);
  }

  #readiness(): string {
    const { wanted, live, opening } = this.media;
    if (opening) return 'Your browser may ask for your camera and microphone.';
    if (live.camera && live.microphone) return 'You look ready.';
    if (!wanted.camera && !wanted.microphone) return 'Your camera and microphone are off.';
    return 'You can join without them.';
  }

  #join(event: Event): void {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('join', { detail: this.name.trim() }));
  }
}
