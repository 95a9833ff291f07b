import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Invitation, Room } from '../shim/index.js';
import { confirmation } from './confirm.js';
import * as icons from './icons.js';
import styles from './participants.css';
import shared from './shared.css';

const hour = 3600;
const terms: [words: string, seconds: number][] = [
  ['1 hour', hour],
  ['1 day', 24 * hour],
  ['1 week', 7 * 24 * hour],
];

/**
 * Links into a room, for who moderates it.
 *
 * @fires say — detail: passing words
 */
@customElement('parley-invite')
export class Invite extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) room!: Room;

  @state() private invitation: Invitation | null = null;
  @state() private problem = '';
  @state() private busy = false;
  @state() private asks = false;

  @query('select') private term!: HTMLSelectElement;
  @query('input') private link!: HTMLInputElement | null;

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has('asks') || changed.get('asks') === undefined) return;
    const next = this.asks ? '[data-no]' : '[data-withdraw]';
    this.renderRoot.querySelector<HTMLElement>(next)?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <h3>Invite</h3>
      <div class="line">
        <label class="field grow">
          The link is valid for
          <select class="input" name="term">
            ${terms.map(([words, seconds]) => html`<option value=${seconds} ?selected=${seconds === 24 * hour}>${words}</option>`)}
          </select>
        </label>
        <button class="button" data-invite ?disabled=${this.busy} @click=${this.#make}>Make a link</button>
      </div>
      ${this.invitation ? this.#renderLink(this.invitation) : nothing}
      <p class="problem" role="alert">${this.problem}</p>
      ${
        this.asks
          ? confirmation(
              {
                words: 'Withdraw all links to this room? Nobody can join with them any more.',
                yes: 'Withdraw all',
                act: () => void this.#withdraw(),
              },
              () => (this.asks = false),
            )
          : html`<button class="button small plain left" data-withdraw @click=${() => (this.asks = true)}>
              Withdraw all links
            </button>`
      }
    `;
  }

  #renderLink({ link, ends }: Invitation): TemplateResult {
    const until = ends.toLocaleString([], { weekday: 'short', hour: '2-digit', minute: '2-digit' });
    return html`
      <div class="line">
        <input class="input grow" readonly aria-label="Invitation link" .value=${link} />
        <button class="button" data-copy @click=${this.#copy}>${icons.link} Copy</button>
      </div>
      <p class="note" role="status">Whoever has this link can join until ${until}.</p>
    `;
  }

  readonly #make = (): Promise<void> =>
    this.#try(async () => {
      this.invitation = await this.room.invite({ may: ['join'], seconds: Number(this.term.value) });
    });

  readonly #withdraw = (): Promise<void> =>
    this.#try(async () => {
      await this.room.withdrawInvitations();
      this.invitation = null;
      this.#say('All links are withdrawn.');
    });

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.invitation!.link);
      this.#say('Link copied. Send it to the people you want to invite.');
    } catch {
      // Insecure pages have no clipboard; the person has.
      this.link?.select();
    }
  };

  async #try(action: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = '';
    try {
      await action();
    } catch (error) {
      this.problem = error instanceof TypeError ? 'The host cannot be reached.' : (error as Error).message;
    }
    this.busy = false;
  }

  #say(words: string): void {
    this.dispatchEvent(new CustomEvent('say', { detail: words }));
  }
}
