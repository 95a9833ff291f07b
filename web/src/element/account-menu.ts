import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import styles from './account-menu.css';
import './avatar.js';
import * as icons from './icons.js';
import { isolate } from './name.js';
import oneself from './oneself.css';
import shared from './shared.css';

export type Choice = 'password' | 'sign-out' | 'everywhere' | 'delete';

const choices: [choice: Choice, words: string][] = [
  ['password', 'Change password'],
  ['sign-out', 'Sign out'],
  ['everywhere', 'Sign out everywhere'],
  ['delete', 'Delete account'],
];

/**
 * Who is signed in, and what they can do about their account.
 *
 * @fires choose — detail: which of it
 */
@customElement('parley-account-menu')
export class AccountMenu extends LitElement {
  static override styles = [shared, oneself, styles];

  @property({ attribute: false }) name = '';
  /** How they are there, below the name. */
  @property({ attribute: false }) status = '';
  /** A shade of it: here, away or off. */
  @property({ attribute: false }) presence: 'here' | 'away' | 'off' = 'off';

  @state() private open = false;
  @query('.trigger') private trigger!: HTMLElement;

  override focus(): void {
    this.trigger.focus();
  }

  override disconnectedCallback(): void {
    this.#turn(false);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { name, status, presence, open } = this;
    return html`
      <div @keydown=${this.#key} @focusout=${this.#left}>
        <button
          class="trigger"
          aria-expanded=${String(open)}
          aria-controls="choices"
          @click=${() => this.#turn(!open)}
        >
          <parley-avatar .name=${name}></parley-avatar>
          <span class="unseen">Your account: </span>
          <span class="who ${presence}"><b>${isolate(name)}</b> <small>${status}</small></span>
          ${icons.unfold}
        </button>
        <div id="choices" role="group" aria-label="Your account" ?hidden=${!open}>
          ${
            open
              ? choices.map(
                  ([choice, words]) => html`
                    <button class=${choice === 'delete' ? 'danger' : ''} @click=${() => this.#choose(choice)}>
                      ${words}
                    </button>
                  `,
                )
              : nothing
          }
        </div>
      </div>
    `;
  }

  #turn(open: boolean): void {
    this.open = open;
    if (open) addEventListener('pointerdown', this.#pressed);
    else removeEventListener('pointerdown', this.#pressed);
  }

  readonly #pressed = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.#turn(false);
  };

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.open) return;
    event.stopPropagation();
    this.#turn(false);
    this.trigger.focus();
  }

  #left({ relatedTarget }: FocusEvent): void {
    if (relatedTarget && !this.renderRoot.contains(relatedTarget as Node)) this.#turn(false);
  }

  #choose(choice: Choice): void {
    this.trigger.focus();
    this.#turn(false);
    this.dispatchEvent(new CustomEvent('choose', { detail: choice }));
  }
}
