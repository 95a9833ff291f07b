import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { CallEntry } from '../shim/index.js';
import './avatar.js';
import * as icons from './icons.js';
import { isolate } from './name.js';
import styles from './recent-calls.css';
import shared from './shared.css';

/** Before "Show all" is asked for. */
const fewest = 6;
const minuteMs = 60_000;

/**
 * The last calls of somebody with an account.
 *
 * @fires dial — detail: the name, of somebody who is online or has an account
 */
@customElement('parley-recent-calls')
export class RecentCalls extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) calls: readonly CallEntry[] = [];
  /** Who can be called now; null while this person is not online. */
  @property({ attribute: false }) online: ReadonlySet<string> | null = null;
  /** While there is no way to call anybody. */
  @property({ attribute: false }) disabled = false;

  @state() private all = false;
  @query('h2') private heading!: HTMLElement;
  #clock = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = window.setInterval(() => this.requestUpdate(), minuteMs);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#clock);
    super.disconnectedCallback();
  }

  override focus(): void {
    this.heading.focus();
  }

  protected override render(): TemplateResult {
    const { calls } = this;
    const toReturn = unreturned(calls);
    const shown = this.all ? calls : calls.slice(0, fewest);
    return html`
      <section aria-labelledby="title">
        <h2 id="title" tabindex="-1">
          Recent calls
          ${toReturn.size > 0 ? html`<span class="count">${toReturn.size} missed</span>` : nothing}
        </h2>
        ${
          calls.length > 0
            ? html`<ul aria-label="Recent calls">
                ${shown.map((call) => this.#renderCall(call, toReturn.has(call)))}
              </ul>`
            : html`<p class="none">Your calls of the last 90 days appear here.</p>`
        }
        ${
          shown.length < calls.length
            ? html`<button class="button small" @click=${() => (this.all = true)}>
                Show all ${calls.length} calls
              </button>`
            : nothing
        }
      </section>
    `;
  }

  #renderCall(call: CallEntry, isNew: boolean): TemplateResult {
    const { with: name, direction, at } = call;
    return html`
      <li class=${isMissed(call) ? 'missed' : ''} ?data-new=${isNew}>
        <parley-avatar .name=${name}></parley-avatar>
        <span class="who">
          <span class="name">
            <b>${isolate(name)}</b>
            ${!this.online || this.online.has(name) ? nothing : html`<small class="offline">Offline</small>`}
          </span>
          <small class="what">
            ${direction === 'incoming' ? icons.incoming : icons.outgoing}
            <span>
              <span class="outcome">${outcomeOf(call)}</span>,
              <time datetime=${at.toISOString()} title=${at.toLocaleString()}>${ago(at)}</time>
            </span>
          </small>
        </span>
        ${this.online ? this.#renderDial(call, this.online.has(name)) : nothing}
      </li>
    `;
  }

  /** Who has an account and is not there is left a missed call. */
  #renderDial({ with: given, account }: CallEntry, isHere: boolean): TemplateResult | typeof nothing {
    const name = isolate(given);
    if (!isHere && !account) return nothing;
    return html`
      <button
        class="button ${isHere ? '' : 'away'}"
        aria-label=${isHere ? `Call ${name} again` : `Call ${name}, offline`}
        ?disabled=${this.disabled}
        @click=${() => this.dispatchEvent(new CustomEvent('dial', { detail: given }))}
      >
        ${icons.call} <span>Call</span>
      </button>
    `;
  }
}

const isMissed = ({ direction, outcome }: CallEntry): boolean =>
  direction === 'incoming' && outcome === 'missed';

/** Missed, and the two have not talked, nor this one tried to, since. The newest call comes first. */
export function unreturned(calls: readonly CallEntry[]): ReadonlySet<CallEntry> {
  const returned = new Set<string>();
  const missed = new Set<CallEntry>();
  for (const call of calls) {
    if (!isMissed(call)) returned.add(call.with);
    else if (!returned.has(call.with)) missed.add(call);
  }
  return missed;
}

function outcomeOf({ direction, outcome, seconds }: CallEntry): string {
  const incoming = direction === 'incoming';
  switch (outcome) {
    case 'answered':
      return `${incoming ? 'Incoming' : 'Outgoing'}, ${duration(seconds)}`;
    case 'rejected':
      return incoming ? 'You rejected it' : 'Rejected';
    case 'missed':
      return incoming ? 'Missed' : 'No answer';
  }
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return `${seconds} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// The words around it are English.
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const units: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['week', 7 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
];

function ago(at: Date): string {
  const seconds = (Date.now() - at.getTime()) / 1000;
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? [];
  return unit && length ? relative.format(-Math.floor(seconds / length), unit) : 'just now';
}
