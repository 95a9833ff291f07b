import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { User } from '../shim/index.js';
import './avatar.js';
import * as icons from './icons.js';
import { isolate } from './name.js';
import shared from './shared.css';
import styles from './user-list.css';

/** More nobody reads, and a phone takes long to draw: whoever looks for somebody types a part of the name. */
const most = 100;

const alphabetical = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
const counted = new Intl.NumberFormat();

/**
 * Everyone who can be called, to search and to choose from.
 *
 * @fires dial — detail: the name
 */
@customElement('parley-user-list')
export class UserList extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) users: readonly User[] = [];
  /** Whom this person talked to of late, the latest first: they come before the others. */
  @property({ attribute: false }) contacts: readonly string[] = [];
  /** While there is no way to call anybody. */
  @property({ attribute: false }) disabled = false;

  @state() private wanted = '';
  #places: ReadonlyMap<string, number> = new Map();
  #sorted: { user: User; searched: string }[] = [];

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('users') && !changed.has('contacts')) return;
    this.#places = new Map(this.contacts.map((name, place) => [name, place]));
    const place = ({ name }: User): number => this.#places.get(name) ?? this.contacts.length;
    this.#sorted = this.users
      .toSorted((one, other) => place(one) - place(other) || alphabetical.compare(one.name, other.name))
      .map((user) => ({ user, searched: `${user.name}\n${user.id}`.toLocaleLowerCase() }));
  }

  protected override render(): TemplateResult {
    const wanted = this.wanted.trim().toLocaleLowerCase();
    const found = this.#sorted.filter(({ searched }) => searched.includes(wanted));
    const shown = found.slice(0, most).map(({ user }) => user);
    const contacts = shown.filter(({ name }) => this.#places.has(name));
    const others = shown.slice(contacts.length);
    return html`
      <search>
        ${icons.search}
        <input
          class="input"
          type="search"
          aria-label="Search by name"
          placeholder=${`Search ${counted.format(this.users.length)} ${this.users.length === 1 ? 'person' : 'people'}`}
          autocomplete="off"
          spellcheck="false"
          .value=${this.wanted}
          @input=${(event: Event) => (this.wanted = (event.target as HTMLInputElement).value)}
        />
      </search>
      ${this.#group('Contacts', contacts)}
      ${this.#group('People online', others, contacts.length > 0 ? 'Everyone else' : '')}
      <p class="rest" role="status">${rest(found.length, this.wanted.trim())}</p>
    `;
  }

  #group(label: string, users: User[], title = label): TemplateResult | typeof nothing {
    if (users.length === 0) return nothing;
    return html`
      ${title && this.#places.size > 0 ? html`<h2>${title}</h2>` : nothing}
      <ul aria-label=${label}>
        ${repeat(
          users,
          ({ name }) => name,
          (user) => this.#person(user),
        )}
      </ul>
    `;
  }

  #person({ name, id, inCall }: User): TemplateResult {
    return html`
      <li>
        <parley-avatar .name=${name}></parley-avatar>
        <span class="who">
          <span class="name"
            ><b>${isolate(name)}</b>${inCall ? html`<small class="talks">In a call</small>` : nothing}</span
          >
          ${id === name ? nothing : html`<small>${isolate(id)}</small>`}
        </span>
        <button
          class="button"
          aria-label=${`Call ${isolate(name)}${inCall ? ', in a call' : ''}`}
          ?disabled=${this.disabled}
          @click=${() => this.dispatchEvent(new CustomEvent('dial', { detail: name }))}
        >
          ${icons.call} <span>Call</span>
        </button>
      </li>
    `;
  }
}

function rest(found: number, wanted: string): string {
  if (found === 0) return `Nobody online matches “${isolate(wanted)}”.`;
  if (found > most)
    return `And ${counted.format(found - most)} more. Type a part of the name to find somebody.`;
  return '';
}
