import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Message } from './call.js';
import styles from './chat.css';
import type { Peer } from '../shim/index.js';
import * as icons from './icons.js';
import { isolate } from './name.js';
import { panelHead } from './panel.js';
import panel from './panel.css';
import shared from './shared.css';

/** A message travels as one of the data channel's, and stays readable. */
const longest = 2000;

/** CSS pixels from the end at which somebody still follows what is said. */
const nearEnd = 40;

const names = new Intl.ListFormat('en');

/**
 * Words beside the pictures, from person to person.
 *
 * @fires say — detail: the text
 * @fires draft — detail: what is written and not sent yet
 * @fires close
 */
@customElement('parley-chat')
export class Chat extends LitElement {
  static override styles = [shared, panel, styles];

  @property({ attribute: false, hasChanged: () => true }) messages: readonly Message[] = [];
  /** What was written and not sent when it was open last. */
  @property({ attribute: false }) draft = '';
  @property({ attribute: false }) peers: readonly Peer[] = [];
  /** Why this person may only read. */
  @property({ attribute: false }) barred = '';

  @query('input') private input!: HTMLInputElement;
  @query('.body') private body!: HTMLElement;
  #shown = 0;
  #atEnd = true;

  protected override firstUpdated(): void {
    this.input.value = this.draft;
    this.input.focus();
  }

  protected override willUpdate(): void {
    if (!this.hasUpdated) return;
    const { scrollHeight, scrollTop, clientHeight } = this.body;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
  }

  protected override updated(): void {
    if (this.messages.length === this.#shown) return;
    this.#shown = this.messages.length;
    // Who reads what was said earlier goes on reading.
    if (this.#atEnd || this.messages.at(-1)?.own) this.body.scrollTop = this.body.scrollHeight;
  }

  protected override render(): TemplateResult {
    const without = this.peers
      .filter(({ dialect }) => dialect !== 'parley')
      .map(({ id, name }) => isolate(name || id));
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
      ${this.barred ? html`<p class="without" id="barred">${this.barred}</p>` : nothing}
      <form @submit=${this.#say}>
        <input
          class="input"
          aria-label="Message to everyone"
          placeholder="Message to everyone"
          autocomplete="off"
          maxlength=${longest}
          aria-describedby=${this.barred ? 'barred' : nothing}
          ?disabled=${alone || this.barred !== ''}
          @input=${() => this.#keep(this.input.value)}
        />
        <button
          class="button primary icon"
          aria-label="Send"
          title="Send (Enter)"
          ?disabled=${alone || this.barred !== ''}
        >
          ${icons.send}
        </button>
      </form>
    `;
  }

  #keep(draft: string): void {
    this.dispatchEvent(new CustomEvent('draft', { detail: draft }));
  }

  #say(event: Event): void {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text === '') return;
    this.input.value = '';
    this.#keep('');
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
const withLinks = (text: string): (string | TemplateResult)[] =>
  text.split(/(https?:\/\/[^\s<>"]+)/).flatMap((part, index) => {
    if (index % 2 === 0) return part === '' ? [] : [part];
    const address = addressIn(part);
    return [
      html`<a href=${address} target="_blank" rel="noopener noreferrer">${address}</a>`,
      part.slice(address.length),
    ];
  });

const brackets: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Without the punctuation of the sentence around it, and without a bracket that closes one before it. */
function addressIn(text: string): string {
  for (let end = text.length; end > 0; end--) {
    const last = text[end - 1]!;
    const opening = brackets[last];
    if (opening) {
      const address = text.slice(0, end);
      if (address.split(last).length <= address.split(opening).length) return address;
    } else if (!/[.,;:!?'’”»…*_~]/.test(last)) {
      return text.slice(0, end);
    }
  }
  return text;
}
