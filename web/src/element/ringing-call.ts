import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import './avatar.js';
import * as icons from './icons.js';
import { isolate } from './name.js';
import styles from './ringing-call.css';
import shared from './shared.css';

/**
 * A call that nobody has answered yet, in front of everything else; data-direction says whose it is.
 *
 * @fires accept, reject — the answer to an incoming call
 * @fires cancel — the end of an outgoing one
 */
@customElement('parley-ringing-call')
export class RingingCall extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) name = '';
  @property({ attribute: false }) direction: 'incoming' | 'outgoing' = 'incoming';
  /** What stands in the way of an answer, or of the call after it; empty for nothing. */
  @property({ attribute: false }) waiting = '';

  @query('dialog') private dialog!: HTMLDialogElement;

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  protected override updated(): void {
    this.dataset.direction = this.direction;
  }

  protected override render(): TemplateResult {
    const incoming = this.direction === 'incoming';
    // The focus goes to the words and not to a button: whoever is typing when it rings must not answer with a space.
    return html`
      <dialog
        role="alertdialog"
        aria-labelledby="who"
        aria-describedby="what"
        @cancel=${(event: Event) => event.preventDefault()}
        @close=${() => this.#say(incoming ? 'reject' : 'cancel')}
        @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && this.#escape(event)}
      >
        <div class="rings" aria-hidden="true">
          <i></i><i></i><parley-avatar .name=${this.name}></parley-avatar>
        </div>
        <div class="words" tabindex="-1" autofocus>
          <h2 id="who">${isolate(this.name)}</h2>
          <p id="what">${this.waiting || (incoming ? 'is calling you' : 'Ringing …')}</p>
        </div>
        <div class="answers">
          ${
            incoming
              ? html`
                  ${this.#answer('reject', 'Reject', icons.leave)}
                  ${this.#answer('accept', 'Accept', icons.call)}
                `
              : this.#answer('cancel', 'Cancel', icons.leave)
          }
        </div>
      </dialog>
    `;
  }

  #answer(type: 'accept' | 'reject' | 'cancel', label: string, icon: TemplateResult): TemplateResult {
    return html`
      <button class=${type} data-action=${type} @click=${() => this.#say(type)}>
        <span class="disc">${icon}</span>
        ${label}
      </button>
    `;
  }

  /** A key that closes dialogs is pressed too lightly to turn somebody away: it ends one's own call alone. */
  #escape(event: Event): void {
    event.preventDefault();
    if (this.direction === 'outgoing') this.#say('cancel');
  }

  #say(type: string): void {
    this.dispatchEvent(new CustomEvent(type));
  }
}
