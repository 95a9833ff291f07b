import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Reason } from '../shim/index.js';
import './account-dialog.js';
import type { Change } from './account-dialog.js';
import { accountFailure } from './account-failure.js';
import './account-form.js';
import type { Purpose } from './account-form.js';
import './account-menu.js';
import type { Choice } from './account-menu.js';
import { Account } from './account.js';
import './avatar.js';
import banner from './banner.css';
import { strip } from './banner.js';
import { mayIn } from './claims.js';
import { nameFailure, onlineFailure, type Failure } from './failure.js';
import * as icons from './icons.js';
import { isAboutInvitation } from './invitation.js';
import { fitName, isolate } from './name.js';
import { Online } from './online.js';
import { outcome, type PastCall } from './outcome.js';
import './parley-room.js';
import type { ParleyRoomElement } from './parley-room.js';
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
    return this.#token;
  }
  set token(token: string) {
    this.#token = token;
    if (!this.account.token && this.#shown) this.online?.renew(this.#shown);
    if (token) this.#invite();
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

  readonly #tone = new RingingTone();
  private readonly account = new Account(() => this.url, {
    changed: () => this.requestUpdate(),
    token: (token) => this.#use(token),
  });
  #token = '';
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
    const { online } = this;
    if (online?.phase === 'accepted') return this.#renderCall(online);
    const mark = html`${icons.logo}<span>Parley</span>`;
    return html`
      <header class="head">
        ${this.home ? html`<a class="mark" href=${this.home} aria-label="Parley, the start page">${mark}</a>` : html`<div class="mark">${mark}</div>`}
        ${this.account.token ? this.#renderAccount() : online?.registered ? this.#renderSelf(online) : this.#renderDoors()}
      </header>
      ${
        online?.isCutOff
          ? strip(onlineFailure(online.directory.reason, !this.account.token), '', {
              'Retry now': () => online.directory.retry(),
            })
          : nothing
      }
      <div class="news" role="status">${this.#renderNotice()}</div>
      ${online?.registered ? this.#renderPeople(online) : this.form ? this.#renderForm(this.form) : this.#renderEntrance()}
      ${
        this.change
          ? html`<parley-account-dialog
              .account=${this.account}
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
        .canRegister=${this.#canRegister}
        .invitation=${this.#invitation}
        @purpose=${({ detail }: CustomEvent<Purpose | null>) => (this.form = detail)}
      ></parley-account-form>
    `;
  }

  /** To accounts, where there are any. */
  #renderDoors(): TemplateResult | typeof nothing {
    if (!this.account.registration || this.online || this.form) return nothing;
    const door = (purpose: Purpose, words: string): TemplateResult =>
      html`<button class="button small" @click=${() => (this.form = purpose)}>${words}</button>`;
    return html`
      <div class="self">
        ${door('sign-in', 'Sign in')} ${this.#canRegister ? door('register', 'Create an account') : nothing}
      </div>
    `;
  }

  #renderAccount(): TemplateResult {
    const { online, account } = this;
    const isOnline = online?.registered ?? false;
    return html`
      <div class="self">
        ${isOnline ? html`<button class="button small" @click=${this.#goOffline}>Go offline</button>` : nothing}
        <parley-account-menu
          .name=${account.name}
          .status=${!isOnline ? 'Offline' : online?.isCutOff ? 'Reconnecting …' : 'Online'}
          .presence=${!isOnline ? 'off' : online?.isCutOff ? 'away' : 'here'}
          @choose=${({ detail }: CustomEvent<Choice>) =>
            detail === 'sign-out' ? account.signOut() : (this.change = detail)}
        ></parley-account-menu>
      </div>
    `;
  }

  #renderSelf({ name, isCutOff }: Online): TemplateResult {
    return html`
      <div class="self">
        <parley-avatar .name=${name}></parley-avatar>
        <span class="who ${isCutOff ? 'away' : ''}">
          <b>${isolate(name)}</b><small>${isCutOff ? 'Reconnecting …' : 'You are online'}</small>
        </span>
        <button class="button small" @click=${this.#goOffline}>Go offline</button>
      </div>
    `;
  }

  #renderNotice(): TemplateResult | typeof nothing {
    if (!this.account.notice) return nothing;
    return html`
      <div class="outcome">
        <p>${this.account.notice}</p>
        <button class="button plain icon" aria-label="Dismiss" @click=${() => this.account.dismiss()}>
          ${icons.close}
        </button>
      </div>
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
        @dial=${({ detail }: CustomEvent<string>) => online && void this.#call(detail, online)}
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
    const words = past ? outcome(past) : notice;
    if (!words) return nothing;
    const here = past && directory.users.some(({ name }) => name === past.name);
    return html`
      <div class="outcome">
        <p>${words}</p>
        ${
          here
            ? html`<button
                class="button small again"
                ?disabled=${directory.state !== 'connected'}
                @click=${() => online.dial(past.name)}
              >
                ${icons.call} ${past.direction === 'incoming' ? 'Call back' : 'Call again'}
              </button>`
            : nothing
        }
        <button class="button plain icon" aria-label="Dismiss" @click=${() => online.dismiss()}>
          ${icons.close}
        </button>
      </div>
    `;
  }

  #renderCall(online: Online): TemplateResult {
    const { room, name } = online.directory.call;
    return html`
      <parley-room
        .url=${this.url}
        .room=${room}
        .peer=${online.name}
        .token=${this.#shown}
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

  /** The token that the host is shown. */
  get #shown(): string {
    if (this.account.token) return this.account.token;
    return mayIn(this.#token, 'register') && !mayIn(this.#token, 'call') ? '' : this.#token;
  }

  get #invitation(): string {
    return mayIn(this.#token, 'register') ? this.#token : '';
  }

  get #canRegister(): boolean {
    const { registration } = this.account;
    return registration === 'open' || (registration === 'invited' && this.#invitation !== '');
  }

  async #askForAccounts(): Promise<void> {
    await this.account.start();
    this.#invite();
  }

  /** Who was invited to make an account finds the form. */
  #invite(): void {
    if (this.#invitation && this.#canRegister && !this.account.token && !this.online) this.form = 'register';
  }

  /** Of the account: a newer token, that of another one, or none. */
  #use(token: string): void {
    this.form = null;
    this.objection = '';
    if (!token) this.change = null;
    if (token && this.online?.name === this.account.name) this.online.renew(token);
    else this.#goOffline();
  }

  /** Somebody who is not there is left a missed call. */
  async #call(name: string, online: Online): Promise<void> {
    if (online.directory.users.some((user) => user.name === name)) return online.dial(name);
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
    if (direction === 'outgoing' && reason.code === 'offline' && known) void this.#call(name, online);
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
      { url: this.url || undefined, name, token: this.#shown || undefined },
      this.#tone,
      {
        changed: () => this.requestUpdate(),
        ended: (past) => this.#ended(past, online),
        refused: (reason) => this.online === online && this.#refused(reason, name),
        forward: (event) => this.#forward(event),
      },
    );
    this.online = online;
  }

  #forward({ type, detail }: CustomEvent): void {
    if (type === 'token-ends' && this.account.token) void this.account.renew();
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #refused(reason: Reason, name: string): void {
    this.#goOffline();
    if (this.account.token && isAboutInvitation(reason) && reason.code !== 'token-right')
      this.account.lapse();
    else this.objection = nameFailure(reason, name, this.account.registration !== null);
  }

  readonly #goOffline = (): void => {
    this.online?.end();
    this.online = null;
  };
}

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
