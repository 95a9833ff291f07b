import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Guest, Room } from '../shim/index.js';
import './avatar.js';
import { confirmation, type Question } from './confirm.js';
import * as icons from './icons.js';
import './invite.js';
import { isolate } from './name.js';
import { panelHead } from './panel.js';
import panel from './panel.css';
import styles from './participants.css';
import { bounds, endsIn, isOn, mostPeople, standing, switches, turned } from './room-rules.js';
import shared from './shared.css';
import type { Participant } from './views.js';

/**
 * Who is in the room and, for who moderates it, who waits outside, and what may be decided.
 *
 * @fires say — detail: passing words
 * @fires close
 */
@customElement('parley-participants')
export class Participants extends LitElement {
  static override styles = [shared, panel, styles];

  @property({ attribute: false, hasChanged: () => true }) room!: Room;
  @property({ attribute: false }) people: Participant[] = [];

  /** Whose choices are open. */
  @state() private open = '';
  @state() private question: (Question & { about: string }) | null = null;
  #focused = false;
  /** What the last choice was about, if that is still there afterwards. */
  #returnTo = '.body';

  protected override willUpdate(): void {
    this.#focused = this.shadowRoot?.activeElement != null;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has('question') && this.question) this.#focusOn('[data-no]');
    else if (this.#focused && !this.shadowRoot?.activeElement) this.#goOn();
  }

  /** What had the focus is done with, and gone. */
  #goOn(): void {
    if (!this.#focusOn(this.#returnTo)) this.#focusOn('.body');
  }

  /** Of who is not in the list afterwards. */
  #decide(act: () => void): void {
    this.#returnTo = '.body';
    act();
  }

  #focusOn(selector: string): boolean {
    const found = this.renderRoot.querySelector<HTMLElement>(selector);
    found?.focus();
    return found !== null;
  }

  protected override render(): TemplateResult {
    const { room, people } = this;
    return html`
      ${panelHead(this, 'People')}
      <div class="body" tabindex="0" role="region" aria-label="People">
        ${room.moderator ? this.#renderWaiting() : nothing}
        <section aria-label="In the room">
          <h3>In the room <span class="count">${people.length}</span></h3>
          <ul>
            ${repeat(
              people,
              ({ id }) => id,
              (person) => this.#renderPerson(person),
            )}
          </ul>
        </section>
        ${room.moderator ? [this.#renderRemoved(), this.#renderRoom()] : this.#renderRules()}
      </div>
    `;
  }

  #renderWaiting(): TemplateResult | typeof nothing {
    const { waiting } = this.room.lobby;
    if (waiting.length === 0) return nothing;
    return html`
      <section class="waiting" aria-label="Waiting to be let in">
        <h3>Waiting to be let in <span class="count">${waiting.length}</span></h3>
        <ul>
          ${repeat(
            waiting,
            ({ id }) => id,
            (guest) => html`
              <li class="person" data-guest=${guest.id}>
                ${who(nameOf(guest), [], guest.identity)}
                <div class="buttons">
                  <button
                    class="button small primary"
                    aria-label="Admit ${nameOf(guest)}"
                    @click=${() => this.#decide(() => this.room.admit(guest.id))}
                  >
                    Admit
                  </button>
                  <button
                    class="button small"
                    aria-label="Refuse ${nameOf(guest)}"
                    @click=${() => this.#decide(() => this.room.refuse(guest.id))}
                  >
                    Refuse
                  </button>
                </div>
              </li>
            `,
          )}
        </ul>
        ${
          waiting.length > 1
            ? html`<button class="button small left" @click=${() => this.#decide(() => this.room.admit())}>
                Admit all
              </button>`
            : nothing
        }
      </section>
    `;
  }

  #renderPerson(person: Participant): TemplateResult {
    const { id, name, self, moderator, verified, away, identity } = person;
    const open = this.open === id;
    const manages = this.room.moderator;
    const tags = [
      ...(moderator ? ['Moderator'] : []),
      ...(verified ? ['Verified'] : []),
      ...(away ? ['Rejoining'] : []),
    ];
    return html`
      <li class="person" data-person=${id}>
        ${who(name, tags, identity, self ? ' (you)' : '')} ${states(person)}
        ${
          manages
            ? html`<button
                class="button plain icon"
                aria-label="Choices for ${name}"
                title="Choices for ${name}"
                aria-expanded=${open}
                @click=${() => this.#toggle(id)}
              >
                ${icons.more}
              </button>`
            : nothing
        }
        ${manages && open ? this.#renderChoices(person) : nothing}
        ${this.question?.about === id ? confirmation(this.question, () => (this.question = null)) : nothing}
      </li>
    `;
  }

  #toggle(id: string): void {
    this.#returnTo = `[data-person="${CSS.escape(id)}"] [aria-expanded]`;
    this.question = null;
    this.open = this.open === id ? '' : id;
  }

  #renderChoices({
    id,
    name,
    self,
    asks,
    microphone,
    camera,
    screen,
    moderator,
  }: Participant): TemplateResult {
    const { room } = this;
    const choice = (words: string, act: () => void, said = ''): TemplateResult => html`
      <button
        class="button small"
        @click=${() => {
          this.open = '';
          act();
          if (said) this.#say(said);
        }}
      >
        ${words}
      </button>
    `;
    const remove = (): void => {
      this.question = {
        about: id,
        words: `Remove ${name}? They cannot come back until you let them in.`,
        yes: 'Remove',
        act: () => room.remove(id),
      };
    };
    if (self)
      return html`
        <div class="choices" role="group" aria-label="Choices for ${name}">
          ${choice('Moderate no more', () => room.resign())}
        </div>
      `;
    return html`
      <div class="choices" role="group" aria-label="Choices for ${name}">
        ${asks && microphone ? choice('Ask to mute', () => room.ask(id, 'microphone'), `${name} is asked to mute.`) : nothing}
        ${
          asks && camera
            ? choice(
                'Ask to stop the camera',
                () => room.ask(id, 'camera'),
                `${name} is asked to stop the camera.`,
              )
            : nothing
        }
        ${asks && screen ? choice('Stop sharing', () => room.ask(id, 'screen')) : nothing}
        ${asks && !moderator ? choice('Make moderator', () => room.appoint(id)) : nothing}
        <button class="button small danger" @click=${remove}>Remove</button>
      </div>
    `;
  }

  #renderRemoved(): TemplateResult | typeof nothing {
    const { removed } = this.room.lobby;
    if (removed.length === 0) return nothing;
    return html`
      <section aria-label="Removed">
        <h3>Removed <span class="count">${removed.length}</span></h3>
        <ul>
          ${removed.map(
            (guest) => html`
              <li class="person" data-removed=${guest.id}>
                ${who(nameOf(guest), [], guest.identity)}
                <button
                  class="button small"
                  aria-label="Let ${nameOf(guest)} back in"
                  @click=${() => this.#decide(() => this.room.allow(guest.id))}
                >
                  Let back in
                </button>
              </li>
            `,
          )}
        </ul>
      </section>
    `;
  }

  #renderRoom(): TemplateResult {
    const { room } = this;
    return html`
      <section aria-label="Room">
        <h3>Room</h3>
        ${switches.map(
          ({ rule, label, more }) => html`
            <label class="switch">
              <span><b>${label}</b><small id=${rule}>${more}</small></span>
              <input
                type="checkbox"
                role="switch"
                name=${rule}
                aria-label=${label}
                aria-describedby=${rule}
                .checked=${isOn(room.rules, rule)}
                @change=${({ target }: Event) => room.setRules(turned(rule, (target as HTMLInputElement).checked))}
              />
            </label>
          `,
        )}
        ${this.#renderBounds()} ${bounds(room.rules).map((each) => html`<p class="quiet">${each}</p>`)}
      </section>
      <parley-invite
        .room=${room}
        @say=${({ detail }: CustomEvent<string>) => this.#say(detail)}
      ></parley-invite>
      <section aria-label="End">
        <button class="button danger" data-end @click=${this.#askToEnd}>End call for everybody</button>
        ${this.question?.about === '' ? confirmation(this.question, () => (this.question = null)) : nothing}
      </section>
    `;
  }

  #renderBounds(): TemplateResult {
    const { room } = this;
    const { members, ends } = room.rules;
    const chosen = ({ target }: Event): number => Number((target as HTMLSelectElement).value);
    // Whatever else an application has set.
    const counts = mostPeople.includes(members) ? mostPeople : [...mostPeople, members];
    return html`
      <label class="field">
        At most
        <select
          class="input"
          name="members"
          @change=${(event: Event) => room.setRules({ members: chosen(event) })}
        >
          ${counts.map(
            (count) =>
              html`<option value=${count} .selected=${count === members}>
                ${count === 0 ? 'As many as the host takes' : `${count} people`}
              </option>`,
          )}
        </select>
      </label>
      <label class="field">
        The call ends
        <select
          class="input"
          name="ends"
          @change=${(event: Event) => room.setRules({ endsIn: chosen(event) })}
        >
          <option value="0" .selected=${ends === null}>When everybody has left</option>
          ${ends === null ? nothing : html`<option value="" disabled .selected=${true}>At the time below</option>`}
          ${endsIn.map(([words, seconds]) => html`<option value=${seconds}>In ${words}</option>`)}
        </select>
      </label>
    `;
  }

  #renderRules(): TemplateResult | typeof nothing {
    const words = [...standing(this.room.rules), ...bounds(this.room.rules)];
    if (words.length === 0) return nothing;
    return html`
      <section aria-label="Rules">
        <h3>Rules</h3>
        ${words.map((each) => html`<p class="quiet">${each}</p>`)}
      </section>
    `;
  }

  readonly #askToEnd = (): void => {
    this.#returnTo = '[data-end]';
    this.question = {
      about: '',
      words: 'End this call for everybody?',
      yes: 'End call',
      act: () => this.room.end(),
    };
  };

  #say(words: string): void {
    this.dispatchEvent(new CustomEvent('say', { detail: words }));
  }
}

const nameOf = ({ name, id }: Guest): string => isolate(name || id);

const who = (name: string, tags: string[], identity: string, note = ''): TemplateResult => html`
  <parley-avatar .name=${name}></parley-avatar>
  <span class="who">
    <b>${name}${note}</b>
    ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}
    ${identity ? html`<small>Signed in as ${isolate(identity)}</small>` : nothing}
  </span>
`;

/** What a person shows of themselves; icons for who sees, words for who hears. */
function states({ microphone, camera, screen }: Participant): TemplateResult {
  const words = [
    `microphone ${microphone ? 'on' : 'off'}`,
    `camera ${camera ? 'on' : 'off'}`,
    ...(screen ? ['shares a screen'] : []),
  ].join(', ');
  return html`
    <span class="states" role="img" aria-label=${words} title=${words}>
      ${screen ? icons.screen : nothing} ${microphone ? icons.microphone : icons.microphoneOff}
      ${camera ? icons.camera : icons.cameraOff}
    </span>
  `;
}
