import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Reason } from '../shim/index.js';
import './avatar.js';
import banner from './banner.css';
import { strip } from './banner.js';
import { nameFailure, roomFailure, type Failure } from './failure.js';
import * as icons from './icons.js';
import { fitName, isolate } from './name.js';
import { Online } from './online.js';
import { outcome } from './outcome.js';
import './parley-room.js';
import type { ParleyRoomElement } from './parley-room.js';
import styles from './people.css';
import { preferences } from './preferences.js';
import './ringing-call.js';
import { RingingTone } from './ringing-tone.js';
import shared from './shared.css';
import './sign-in.js';
import tokens from './tokens.css';
import './user-list.js';

/**
 * Calls by name: who is online, ringing, and the call itself, which is a `<parley-room>` of the two.
 *
 * Attributes
 *   url             the host's WebSocket, `wss://…/ws`; the page's own host by default
 *   name            what the field for one's name begins with; the name given last time by default
 *   token           a JSON Web Token, for a host that lets in only who has one; setting it while online renews
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
    if (token) this.online?.renew(token);
  }
  @property() home = '';

  @state() private online: Online | null = null;
  @state() private objection = '';

  @query('parley-room') private room!: ParleyRoomElement | null;
  @query('h1') private heading!: HTMLElement | null;
  @query('parley-sign-in') private signIn!: HTMLElement | null;

  readonly #tone = new RingingTone();
  #token = '';

  override disconnectedCallback(): void {
    this.#goOffline();
    super.disconnectedCallback();
  }

  protected override updated(): void {
    const phase = this.online?.phase ?? 'offline';
    const before = this.dataset.phase;
    this.dataset.phase = phase;
    if (before !== undefined && before !== phase) void this.#goOn(phase);
  }

  /** What had the focus may be gone with what it was in: it is put where the person goes on. */
  async #goOn(phase: string): Promise<void> {
    if (phase === 'incoming' || phase === 'outgoing') return; // The dialog takes it.
    await this.room?.updateComplete;
    if (this.matches(':focus-within') || document.activeElement !== document.body) return;
    const begin = phase === 'accepted' ? this.room : phase === 'offline' ? this.signIn : this.heading;
    begin?.focus();
  }

  protected override render(): TemplateResult {
    const { online } = this;
    if (online?.phase === 'accepted') return this.#renderCall(online);
    const mark = html`${icons.logo}<span>Parley</span>`;
    return html`
      <header class="head">
        ${this.home ? html`<a class="mark" href=${this.home} aria-label="Parley, the start page">${mark}</a>` : html`<div class="mark">${mark}</div>`}
        ${online?.registered ? this.#renderSelf(online) : nothing}
      </header>
      ${
        online?.isCutOff
          ? strip(roomFailure(online.directory.reason), '', { 'Retry now': () => online.directory.retry() })
          : nothing
      }
      ${online?.registered ? this.#renderPeople(online) : this.#renderSignIn()}
    `;
  }

  #renderSignIn(): TemplateResult {
    return html`
      <parley-sign-in
        .name=${this.name}
        .busy=${this.online !== null}
        .objection=${this.objection}
        @go-online=${({ detail }: CustomEvent<string>) => this.#goOnline(detail)}
      ></parley-sign-in>
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

  #renderPeople(online: Online): TemplateResult {
    const { directory, phase } = online;
    const reachable = directory.state === 'connected';
    const waiting = !reachable
      ? 'No connection to the host. Trying again …'
      : online.answering
        ? 'Connecting …'
        : '';
    return html`
      <main>
        <h1 tabindex="-1">Who is online</h1>
        <div role="status">${this.#renderOutcome(online)}</div>
        ${
          directory.users.length > 0
            ? html`<parley-user-list
                .users=${directory.users}
                .disabled=${!reachable}
                @dial=${({ detail }: CustomEvent<string>) => online.dial(detail)}
              ></parley-user-list>`
            : reachable
              ? nobody
              : nothing
        }
      </main>
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
        .token=${this.token}
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

  #goOnline(name: string): void {
    this.#goOffline();
    this.name = name;
    this.objection = '';
    preferences.set('name', name);
    // Some browsers let a page ring only if it made its first sound when somebody clicked.
    this.#tone.unlock();
    const online = new Online(
      { url: this.url || undefined, name, token: this.token || undefined },
      this.#tone,
      {
        changed: () => this.requestUpdate(),
        refused: (reason) => this.online === online && this.#refused(reason),
        forward: (event) => this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail })),
      },
    );
    this.online = online;
  }

  #refused(reason: Reason): void {
    this.#goOffline();
    this.objection = nameFailure(reason, this.name);
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
