import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Message } from './call.js';
import styles from './chat.css';
import type { Peer } from '../shim/index.js';
import * as icons from './icons.js';
import { panelHead } from './panel.js';
import panel from './panel.css';
import shared from './shared.css';

/** A message travels as one of the data channel's, and stays readable. */
const longest = 2000;

const names = new Intl.ListFormat('en');

/**
 * Words beside the pictures, from person to person.
 *
 * @fires say — detail: the text
 * @fires close
 */
@customElement('parley-chat')
export class Chat extends LitElement {
  static override styles = [shared, panel, styles];

  @property({ attribute: false, hasChanged: () => true }) messages: readonly Message[] = [];
  @property({ attribute: false }) peers: readonly Peer[] = [];

  @query('input') private input!: HTMLInputElement;
  @query('.body') private body!: HTMLElement;
  #shown = 0;

  protected override firstUpdated(): void {
    this.input.focus();
  }

  protected override updated(): void {
    if (this.messages.length === this.#shown) return;
    this.#shown = this.messages.length;
    this.body.scrollTop = this.body.scrollHeight;
  }

  protected override render(): TemplateResult {
    const without = this.peers
      .filter(({ dialect }) => dialect !== 'parley')
      .map(({ id, name }) => name || id);
    const alone = without.length === this.peers.length;
    return html`
      ${panelHead(this, 'Chat')}
      <div class="body" tabindex="0" role="log" aria-label="Messages" aria-live="polite">
        ${
          this.messages.length > 0
            ? html`<ol>
                ${this.messages.map(line)}
              </ol>`
            : html`<p class="empty">
                ${
                  alone
                    ? 'Nobody else is here yet.'
                    : 'Messages go directly to the people in the room and are not stored.'
                }
              </p>`
        }
      </div>
      ${
        without.length > 0
          ? html`<p class="without">
              ${names.format(without)} cannot read this chat: it works only between Parley tabs.
            </p>`
          : nothing
      }
      <form @submit=${this.#say}>
        <input
          class="input"
          aria-label="Message to everyone"
          placeholder="Message to everyone"
          autocomplete="off"
          maxlength=${longest}
          ?disabled=${alone}
        />
        <button class="button primary icon" aria-label="Send" title="Send (Enter)" ?disabled=${alone}>
          ${icons.send}
        </button>
      </form>
    `;
  }

  #say(event: Event): void {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text === '') return;
    this.input.value = '';
    this.dispatchEvent(new CustomEvent('say', { detail: text }));
  }
}

const line = (message: Message): TemplateResult => html`
  <li class=${message.own ? 'own' : ''}>
    <span class="who">
      ${message.own ? html`<span class="unseen">You</span>` : html`<b>${message.from}</b>`}
      <time datetime=${message.at.toISOString()}>
        ${message.at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
      </time>
    </span>
    <span class="text">${withLinks(message.text)}</span>
  </li>
`;

/** Addresses become links; nothing else in a message means anything. */
const withLinks = (text: string): (string | TemplateResult | typeof nothing)[] =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) =>
      index % 2 === 1
        ? html`<a href=${part} target="_blank" rel="noopener noreferrer">${part}</a>`
        : part || nothing,
    );
