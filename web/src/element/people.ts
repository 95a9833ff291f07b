import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Reason } from '../shim/index.js';
import './account-dialog.js';
import type { Change } from './account-dialog.js';
import { accountFailure } from './account-failure.js';
import './account-form.js';
import type { Purpose } from './account-form.js';
import { Account } from './account.js';
import banner from './banner.css';
import { strip } from './banner.js';
import { nameFailure, onlineFailure, type Failure } from './failure.js';
import * as icons from './icons.js';
import { isAboutInvitation } from './invitation.js';
import { fitName, isolate } from './name.js';
import { Online } from './online.js';
import { outcome, type PastCall } from './outcome.js';
import './parley-room.js';
import type { ParleyRoomElement } from './parley-room.js';
import './people-head.js';
import styles from './people.css';
import { preferences } from './preferences.js';
import { unreturned } from './recent-calls.js';
import './ringing-call.js';
import { RingingTone } from './ringing-tone.js';
import shared from './shared.css';
import './sign-in.js';
import tokens from './tokens.css';
import './user-list.js';

/**
 * Calls by name: who is online, ringing, and the call itself, which is a `<parley-room>` of the two. Where the host keeps
 * accounts, people can sign in, and find their last calls.
 *
 * Attributes
 *   url             the host's WebSocket, `wss://…/ws`; the page's own host by default
 *   name            what the field for one's name begins with; the name given last time by default
 *   token           a JSON Web Token, for a host that lets in only who has one; setting it while online renews. One that may
 *                   `register` is an invitation to make an account. Who is signed in shows the account's instead
 *   home            where the mark leads; nowhere by default
 *
 * Attributes it sets, for style sheets and tests
 *   data-phase      offline, online, incoming, outgoing or accepted
 *
 * Events: each of its Directory's events under the same name and with the same detail (`state`, `users`, `call`, `token-ends`,
 * `error`).
 */
@customElement('parley-people')
export class ParleyPeopleElement extends LitElement {
  static override styles = [tokens, shared, banner, styles];

  @property() url = '';
  @property() name = fitName(preferences.get('name'));
  @property()
  get token(): string {
    return this.account.given;
  }
  set token(token: string) {
    const before = this.account.shown;
    this.account.given = token;
    if (this.account.shown && this.account.shown !== before) this.online?.renew(this.account.shown);
    this.#invite();
  }
  @property() home = '';

  @state() private online: Online | null = null;
  @state() private objection = '';
  /** The form that is open in place of that for guests. */
  @state() private form: Purpose | null = null;
  /** What is being changed about the account. */
  @state() private change: Change | null = null;

  @query('parley-room') private room!: ParleyRoomElement | null;
  @query('parley-recent-calls') private recent!: HTMLElement | null;
  @query('h1') private heading!: HTMLElement | null;
  @query('parley-sign-in, parley-account-form') private entrance!: LitElement | null;

  private readonly account = new Account(() => this.url, {
    changed: () => this.requestUpdate(),
    token: (token) => this.#use(token),
    busy: () => this.online !== null,
  });
  readonly #tone = new RingingTone();
  #view = '';

  override connectedCallback(): void {
    super.connectedCallback();
    // The first picture waits for no answer.
    void this.updateComplete.then(() => setTimeout(() => this.isConnected && this.#askForAccounts()));
  }

  override disconnectedCallback(): void {
    this.account.stop();
    this.#goOffline();
    super.disconnectedCallback();
  }

  protected override updated(): void {
    const phase = this.online?.phase ?? 'offline';
    const view = [phase, this.form, this.account.name].join();
    const before = this.#view;
    this.dataset.phase = phase;
    this.#view = view;
    if (before && before !== view) void this.#goOn(phase);
  }

  /** What had the focus may be gone with what it was in: it is put where the person goes on. */
  async #goOn(phase: string): Promise<void> {
    if (phase === 'incoming' || phase === 'outgoing') return; // The dialog takes it.
    await (this.room ?? this.entrance)?.updateComplete;
    if (this.matches(':focus-within') || document.activeElement !== document.body) return;
    const begin = phase === 'accepted' ? this.room : phase === 'offline' ? this.entrance : this.heading;
    begin?.focus();
  }

  protected override render(): TemplateResult {
    const { online, account } = this;
    if (online?.phase === 'accepted') return this.#renderCall(online);
    return html`
      <parley-people-head
        .home=${this.home}
        .account=${account}
        .online=${online}
        .entering=${this.form !== null || online !== null}
        @go-offline=${this.#goOffline}
        @enter=${({ detail }: CustomEvent<Purpose>) => (this.form = detail)}
        @change=${({ detail }: CustomEvent<Change>) => (this.change = detail)}
      ></parley-people-head>
      ${
        online?.isCutOff
          ? strip(onlineFailure(online.directory.reason, !account.token), '', {
              'Retry now': () => online.directory.retry(),
            })
          : nothing
      }
      <div class="news" role="status">${said(account.notice, () => account.dismiss())}</div>
      ${online?.registered ? this.#renderPeople(online) : this.form ? this.#renderForm(this.form) : this.#renderEntrance()}
      ${
        this.change
          ? html`<parley-account-dialog
              .account=${account}
              .change=${this.change}
              @close=${() => (this.change = null)}
            ></parley-account-dialog>`
          : nothing
      }
    `;
  }

  /** The way in: under a name, or that of one's account. */
  #renderEntrance(): TemplateResult {
    const { name } = this.account;
    const entrance = html`
      <parley-sign-in
        .name=${name || this.name}
        .given=${name !== ''}
        .busy=${this.online !== null}
        .objection=${this.objection}
        @go-online=${({ detail }: CustomEvent<string>) => this.#goOnline(detail)}
      ></parley-sign-in>
    `;
    return name ? html`<div class="columns">${entrance} ${this.#renderRecent(null)}</div>` : entrance;
  }

  #renderForm(purpose: Purpose): TemplateResult {
    return html`
      <parley-account-form
        .account=${this.account}
        .purpose=${purpose}
        @purpose=${({ detail }: CustomEvent<Purpose | null>) => (this.form = detail)}
      ></parley-account-form>
    `;
  }

  /** Leads to the last calls where they are far below. */
  #renderMissed(): TemplateResult | typeof nothing {
    const { size } = unreturned(this.account.calls ?? []);
    if (size === 0) return nothing;
    return html`<button class="button small missed" @click=${() => this.recent?.focus()}>
      ${size} missed ${size === 1 ? 'call' : 'calls'}
    </button>`;
  }

  #renderRecent(online: Online | null): TemplateResult | typeof nothing {
    const { calls } = this.account;
    if (!calls) return nothing;
    const { users = [], state } = online?.directory ?? {};
    return html`
      <parley-recent-calls
        .calls=${calls}
        .online=${online && new Set(users.map(({ name }) => name))}
        .disabled=${state !== 'connected'}
        @dial=${({ detail }: CustomEvent<string>) => online && this.#call(detail, online)}
      ></parley-recent-calls>
    `;
  }

  #renderPeople(online: Online): TemplateResult {
    const { directory, phase } = online;
    const reachable = directory.state === 'connected';
    const waiting = !reachable
      ? 'No connection to the host. Trying again …'
      : online.answering
        ? 'Connecting …'
        : '';
    const people = html`
      <main>
        <h1 tabindex="-1">Who is online</h1>
        ${this.#renderMissed()}
        <div role="status">${this.#renderOutcome(online)}</div>
        ${
          directory.users.length > 0
            ? html`<parley-user-list
                .users=${directory.users}
                .contacts=${this.account.contacts}
                .disabled=${!reachable}
                @dial=${({ detail }: CustomEvent<string>) => online.dial(detail)}
              ></parley-user-list>`
            : reachable
              ? nobody
              : nothing
        }
      </main>
    `;
    return html`
      ${this.account.token ? html`<div class="columns">${people} ${this.#renderRecent(online)}</div>` : people}
      ${
        phase === 'incoming' || phase === 'outgoing'
          ? html`<parley-ringing-call
              .name=${directory.call.name}
              .direction=${phase}
              .waiting=${waiting}
              @accept=${() => online.accept()}
              @reject=${() => online.reject()}
              @cancel=${() => online.cancel()}
            ></parley-ringing-call>`
          : nothing
      }
    `;
  }

  #renderOutcome(online: Online): TemplateResult | typeof nothing {
    const { past, notice, directory } = online;
    const here = past && directory.users.some(({ name }) => name === past.name);
    const again = html`<button
      class="button small again"
      ?disabled=${directory.state !== 'connected'}
      @click=${() => past && online.dial(past.name)}
    >
      ${icons.call} ${past?.direction === 'incoming' ? 'Call back' : 'Call again'}
    </button>`;
    return said(past ? outcome(past) : notice, () => online.dismiss(), here ? again : nothing);
  }

  #renderCall(online: Online): TemplateResult {
    const { room, name } = online.directory.call;
    return html`
      <parley-room
        .url=${this.url}
        .room=${room}
        .peer=${online.name}
        .token=${this.account.shown}
        .name=${online.name}
        .heading=${name}
        no-link
        autojoin
        @left=${() => online.hangUp()}
        @refused=${({ detail }: CustomEvent<Failure>) =>
          online.refused({ code: detail.code, message: `${detail.title}. ${detail.advice}` })}
        @peer-joined=${() => online.joined()}
        @peer-left=${({ detail }: CustomEvent<{ reason: string }>) =>
          this.room?.session?.peers.size === 0 && online.left(detail.reason)}
      ></parley-room>
    `;
  }

  async #askForAccounts(): Promise<void> {
    await this.account.start();
    this.#invite();
  }

  /** Who was invited to make an account finds the form. */
  #invite(): void {
    const { invitation, canRegister, token } = this.account;
    if (invitation && canRegister && !token && !this.online) this.form = 'register';
  }

  /** Of the account: a newer token, that of another one, or none. */
  #use(token: string): void {
    this.form = null;
    this.objection = '';
    if (!token) this.change = null;
    if (token && this.online?.name === this.account.name) this.online.renew(token);
    else this.#goOffline();
  }

  #call(name: string, online: Online): void {
    if (online.directory.users.some((user) => user.name === name)) online.dial(name);
    else void this.#leaveMissedCall(name, online);
  }

  async #leaveMissedCall(name: string, online: Online): Promise<void> {
    try {
      await this.account.leaveMissedCall(name);
      online.say(`${isolate(name)} is not online. They will see that you called.`);
    } catch (error) {
      online.say(accountFailure(error, name).words);
    }
  }

  #ended({ name, direction, reason }: PastCall, online: Online): void {
    if (!this.account.token) return;
    this.account.expectNews();
    // They have gone a moment before.
    const known = this.account.calls?.some((call) => call.with === name && call.account);
    if (direction === 'outgoing' && reason.code === 'offline' && known)
      void this.#leaveMissedCall(name, online);
  }

  #goOnline(name: string): void {
    this.#goOffline();
    this.objection = '';
    this.account.notice = '';
    if (!this.account.token) {
      this.name = name;
      preferences.set('name', name);
    }
    // Some browsers let a page ring only if it made its first sound when somebody clicked.
    this.#tone.unlock();
    const online = new Online(
      { url: this.url || undefined, name, token: this.account.shown || undefined },
      this.#tone,
      {
        changed: () => this.requestUpdate(),
        ended: (past) => this.#ended(past, online),
        refused: (reason) => this.online === online && void this.#refused(reason, name),
        forward: (event) => this.#forward(event),
      },
    );
    this.online = online;
  }

  #forward({ type, detail }: CustomEvent): void {
    if (type === 'token-ends' && this.account.token) void this.account.renew();
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async #refused(reason: Reason, name: string): Promise<void> {
    this.#goOffline();
    const { account } = this;
    if (!account.token || !isAboutInvitation(reason)) {
      this.objection = nameFailure(reason, name, account.registration !== null);
      return;
    }
    // Whether that is because this person is signed out, the account finds out, and says.
    await account.renew();
    if (account.token) this.objection = reason.message;
  }

  readonly #goOffline = (): void => {
    this.online?.end();
    this.online = null;
  };
}

/** What there is to say above everything else, if there is anything. */
const said = (
  words: string,
  dismiss: () => void,
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult | typeof nothing =>
  words
    ? html`
        <div class="outcome">
          <p>${words}</p>
          ${action}
          <button class="button plain icon" aria-label="Dismiss" @click=${dismiss}>${icons.close}</button>
        </div>
      `
    : nothing;

const nobody = html`
  <section class="nobody">
    <h2>Nobody else is online yet</h2>
    <p>People who go online on this page appear here.</p>
  </section>
`;

declare global {
  interface HTMLElementTagNameMap {
    'parley-people': ParleyPeopleElement;
  }
}
