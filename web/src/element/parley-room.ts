import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Peer, Presence, Reason, Room } from '../shim/index.js';
import bannerStyles from './banner.css';
import { banner, strip } from './banner.js';
import { Call, type Message } from './call.js';
import './chat.js';
import { shortcuts, type Action, type Controls, type Panel, type Shortcuts } from './controls.js';
import './details.js';
import { roomFailure, type Failure } from './failure.js';
import * as icons from './icons.js';
import './lobby.js';
import { keptToken } from './kept-token.js';
import { LocalMedia } from './media.js';
import { nameIn, type Giver } from './claims.js';
import { fitName } from './name.js';
import noticeStyles from './notices.css';
import { Notices } from './notices.js';
import styles from './parley-room.css';
import './participants.js';
import { preferences } from './preferences.js';
import { barred, isModerated } from './room-rules.js';
import './settings.js';
import shared from './shared.css';
import './stage.js';
import type { Stage } from './stage.js';
import tokens from './tokens.css';
import { participants, tileViews } from './views.js';
import { waitingRoom } from './waiting.js';

/** Of a message, in passing words over the call. */
const longestQuote = 80;

export type Phase = 'lobby' | 'waiting' | 'call' | 'refused' | 'left';

/**
 * A whole call in one element: lobby, tiles, controls, chat, people and details.
 *
 *     <parley-room room="blue-otter" url="wss://parley.example/ws"></parley-room>
 *
 * It fills the height of its container; where that has none, it is 640 px high, or as high as a smaller window. The page
 * needs `allow="camera; microphone; display-capture"` where it is framed.
 *
 * Attributes
 *   room            the room's name; required
 *   url             the host's WebSocket, `wss://…/ws`; the page's own host by default
 *   name            how others see this person; the name they gave last time by default
 *   peer            the id to ask the host for; the host assigns one by default
 *   token           a JSON Web Token, for a host that lets in only who has one; setting it in a call renews
 *   link            what "Copy link" copies; the page's address by default
 *   home            where the mark leads, and where to go from a call that is over; nowhere by default
 *   heading         what stands above the call; the room's name by default
 *   autojoin        joins at once instead of showing the lobby
 *   no-camera       starts with the camera off; `no-microphone` likewise
 *   no-link         nobody else is to come: no link to copy, and no invitation while one is alone
 *   no-shortcuts    no key acts by itself, but Escape; else they do while the focus is in here or nowhere, and as long as
 *                   this person has not turned them off in the settings
 *
 * Attributes it sets, for style sheets and tests
 *   data-phase      lobby, waiting (to be let in), call, refused or left
 *   data-state      connecting, connected, reconnecting or lost, while in a call
 *
 * Events: each of its Room's events under the same name and with the same detail (`state`, `joined`, `peer-joined`,
 * `peer-updated`, `peer-left`, `peer-state`, `track`, `message`, `presence`, `verification`, `token-ends`, `rules`, `role`, `lobby`, `asked`, `error`); `left` when this person leaves, and
 * `unread` { count } for the messages that arrived while the chat was closed; `refused` { code, title, advice } when the room cannot be joined, or goes on elsewhere; `media` when what this person
 * sends may have changed.
 *
 * Properties and methods: `session` is the Room while in a call, else null; `tracks` is what this person sends, by slot;
 * `join()`, `leave()`.
 *
 * Slot `head`: what an application adds to the line above the call.
 *
 * CSS custom properties: the colours `--parley-ground`, `-surface`, `-raised`, `-sunken`, `-line`, `-ink`, `-quiet`,
 * `-accent`, `-on-accent`, `-speaking`, `-warning`, `-on-warning`, `-danger`, `-on-danger`; `--parley-radius` of the tiles;
 * `--parley-font` and `--parley-display` for text and titles. `color-scheme: dark` or `light` forces a theme.
 */
@customElement('parley-room')
export class ParleyRoomElement extends LitElement {
  static override styles = [tokens, shared, noticeStyles, bannerStyles, styles];

  @property() room = '';
  @property() url = '';
  @property() name = fitName(preferences.get('name'));
  @property() peer = '';
  @property()
  get token(): string {
    return this.#token;
  }
  set token(token: string) {
    this.#token = token;
    this.#givenName = nameIn(token);
    this.requestUpdate();
    if (token) this.#call?.renew(token);
  }
  @property() link = '';
  @property() home = '';
  @property() heading = '';
  @property({ type: Boolean }) autojoin = false;
  @property({ type: Boolean, attribute: 'no-camera' }) noCamera = false;
  @property({ type: Boolean, attribute: 'no-microphone' }) noMicrophone = false;
  @property({ type: Boolean, attribute: 'no-link' }) noLink = false;
  @property({ type: Boolean, attribute: 'no-shortcuts' }) noShortcuts = false;

  @state() private phase: Phase = 'lobby';
  @state() private brief = false;
  @state() private panel: Panel | null = null;
  @state() private pinned: string | null = null;
  @state() private unread = 0;
  /** What a key did, for those who do not see it. */
  @state() private said = '';
  @state() private soundBlocked = false;
  @state() private refusal: Failure | null = null;
  /** What a moderator asks for, and who that is. */
  @state() private request: { what: 'microphone' | 'camera'; by: string } | null = null;

  @query('parley-controls') private controls!: Controls | null;
  @query('parley-stage') private stage!: Stage | null;

  readonly #changed = (): void => this.requestUpdate();
  readonly #notices = new Notices(this.#changed);
  readonly #media = new LocalMedia((slot, track) => {
    this.session?.setTrack(slot, track);
    this.session?.setPresence(this.#media.live);
    // Browsers let a page that captures play sound; what arrived before the microphone opened was refused.
    if (track) this.#hear();
  }, this.#mediaChanged.bind(this));
  #call: Call | null = null;
  #token = '';
  /** That the token says; it is the only one that the host takes then. */
  #givenName = '';
  #draft = '';
  /** The focus was in here when the phase changed: it goes on in what comes next. */
  #focused = false;

  get session(): Room | null {
    return this.#call?.room ?? null;
  }

  /** What this person sends now: `camera`, `microphone`, `screen` and `screen-sound`, where they are. */
  get tracks(): ReadonlyMap<string, MediaStreamTrack> {
    return this.#media.tracks;
  }

  /** Enters the room. The room comes first: nothing on the way to the first picture waits for a camera. */
  join(): void {
    if (this.#call) return;
    this.refusal = null;
    this.#call = new Call(
      {
        room: this.room,
        name: fitName(this.#ownName),
        url: this.url || undefined,
        peer: this.peer || undefined,
        token: this.token || undefined,
      },
      this.#media,
      {
        changed: this.#changed,
        notice: (words) => this.#notices.add(words),
        message: (message) => this.#hearOf(message),
        failed: (reason, peer) => this.#failed(reason, peer),
        asked: (what, by) => this.#asked(what, by),
        over: (reason) => this.#call && this.#refuse(roomFailure(reason)),
        forward: (event) => this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail })),
      },
    );
    this.phase = 'call';
    void this.#beBrief(this.#call);
  }

  /** The first picture comes first: controls are drawn and the camera is opened after it. */
  async #beBrief(call: Call): Promise<void> {
    this.brief = true;
    await call.hurry.picture;
    if (call !== this.#call) return;
    this.brief = false;
    await this.#media.start(true);
  }

  #hearOf({ from, text }: Message): void {
    if (this.panel === 'chat') return;
    this.#setUnread(this.unread + 1);
    this.#notices.add(`${from}: ${text.length > longestQuote ? `${text.slice(0, longestQuote)} …` : text}`);
  }

  #setUnread(count: number): void {
    if (count === this.unread) return;
    this.unread = count;
    this.dispatchEvent(new CustomEvent('unread', { detail: { count } }));
  }

  leave(): void {
    if (!this.#call) return;
    this.#end();
    this.phase = 'left';
    this.dispatchEvent(new CustomEvent('left'));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#media.wanted.camera = !this.noCamera;
    this.#media.wanted.microphone = !this.noMicrophone;
    document.addEventListener('keydown', this.#key);
    if (this.autojoin) this.join();
    else void this.#media.start();
  }

  override disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#key);
    this.#end();
    this.phase = 'lobby';
    super.disconnectedCallback();
  }

  protected override async scheduleUpdate(): Promise<void> {
    await this.#call?.hurry.drawing;
    super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.#call) this.#follow(this.#call);
    if (!this.request || !this.#media.live[this.request.what]) this.request = null;
    if (changed.has('phase')) this.#focused ||= this.matches(':focus-within');
  }

  /** What the host has decided since. */
  #follow(call: Call): void {
    const phase = call.waits ? 'waiting' : 'call';
    if (phase !== this.phase) this.#focused ||= this.matches(':focus-within');
    this.phase = phase;
    if (!isModerated(call.room) && this.panel === 'people') this.panel = null;
    if (this.#media.live.screen && barred(call.room, 'share')) {
      void this.#media.setScreen(false);
      this.#notices.add('You no longer share your screen.');
    }
  }

  /** Puts the focus where this phase begins. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-begin]')?.focus();
  }

  protected override updated(): void {
    if (this.#focused && this.dataset.phase !== this.phase) this.focus();
    this.#focused = false;
    this.dataset.phase = this.phase;
    if (this.session && this.phase === 'call') this.dataset.state = this.session.state;
    else delete this.dataset.state;
  }

  protected override render(): TemplateResult {
    switch (this.phase) {
      case 'lobby':
        return html`<parley-lobby
          .room=${this.heading || this.room}
          .name=${this.#ownName}
          .given=${this.#giver}
          .media=${this.#media}
          .home=${this.home}
          @join=${(event: CustomEvent<string>) => this.#joinAs(event.detail)}
        ></parley-lobby>`;
      case 'waiting':
        return waitingRoom(this.heading || this.room, this.#ownName, this.#media, () => this.leave());
      case 'call':
        return this.#renderCall(this.#call!);
      case 'refused':
        return this.#card(icons.warning, this.refusal!.title, this.refusal!.advice, 'Try again');
      case 'left':
        return this.#card(
          icons.logo,
          'You left the room',
          'Your camera and microphone are off.',
          'Join again',
        );
    }
  }

  #card(picture: TemplateResult, title: string, words: string, again: string): TemplateResult {
    return html`
      <main class="card">
        ${picture}
        <div role="alert">
          <h1 tabindex="-1" data-begin>${title}</h1>
          <p>${words}</p>
        </div>
        <div class="choices">
          <button class="button primary" data-action="join" @click=${this.join}>${again}</button>
          ${this.home ? html`<a class="button" href=${this.home}>To the start page</a>` : nothing}
        </div>
      </main>
    `;
  }

  #renderCall(call: Call): TemplateResult {
    const { room } = call;
    const alone = room.peers.size === 0;
    return html`
      <main class="call" tabindex="-1" data-begin aria-label=${`Call: ${this.heading || this.room}`}>
        <header class="head">${this.brief ? nothing : this.#renderHead(room)}</header>
        ${this.brief ? nothing : this.#renderBanner(room)}
        <parley-stage
          .views=${tileViews(call, this.#media, this.#ownName, this.pinned)}
          .pinned=${this.pinned}
          .speaker=${this.#media.chosen('speaker')}
          .deserted=${call.met}
          .secret=${this.#invites}
          .invitation=${alone && room.self !== null && !this.noLink ? this.#shareLink : ''}
          @pin=${({ detail }: CustomEvent<string>) => (this.pinned = this.pinned === detail ? null : detail)}
          @retry=${({ detail }: CustomEvent<string>) => room.retry(detail)}
          @copy-link=${() => this.#act('link')}
          @sound-blocked=${() => (this.soundBlocked = true)}
        ></parley-stage>
        ${this.#renderUnmute()}
        ${this.panel ? html`<aside>${this.#renderPanel(call, this.panel)}</aside>` : nothing}
        ${this.brief ? nothing : this.#renderControls()}
      </main>
      ${this.brief ? nothing : this.#notices.render()}
      <p class="unseen" role="status">${this.said}</p>
    `;
  }

  #renderBanner(room: Room): TemplateResult | typeof nothing {
    if (!this.request) return banner(room, this.#media, this.#changed);
    const { what, by } = this.request;
    const failure = {
      code: `asked-${what}`,
      title: what === 'microphone' ? `${by} asks you to mute` : `${by} asks you to stop your camera`,
      advice: '',
    };
    return strip(failure, '', {
      [what === 'microphone' ? 'Mute' : 'Stop camera']: () => void this.#media.set(what, false),
      'Not now': () => (this.request = null),
    });
  }

  #renderUnmute(): TemplateResult | typeof nothing {
    if (!this.soundBlocked) return nothing;
    return html`<button class="button primary unmute" @click=${this.#hear}>
      ${icons.sound} Click to hear the others
    </button>`;
  }

  #renderHead(room: Room): TemplateResult {
    return html`
      ${this.#mark()}
      <h1>${this.heading || this.room}</h1>
      <span class="people">${people(room)}</span>
      <slot name="head"></slot>
    `;
  }

  #mark(): TemplateResult {
    if (!this.home) return icons.logo;
    return html`<a class="mark" href=${this.home} aria-label="Parley, the start page">${icons.logo}</a>`;
  }

  #renderControls(): TemplateResult {
    const { room } = this.#call!;
    return html`<parley-controls
      .media=${this.#media}
      .panel=${this.panel}
      .unread=${this.unread}
      .moderated=${isModerated(room)}
      .waiting=${room.lobby.waiting.length}
      .shareBarred=${barred(room, 'share')}
      .noLink=${this.noLink}
      .shortcuts=${this.#shortcuts}
      @action=${({ detail }: CustomEvent<Action>) => this.#act(detail)}
    ></parley-controls>`;
  }

  #renderPanel(call: Call, panel: Panel): TemplateResult {
    const close = (): void => this.#show(null);
    switch (panel) {
      case 'chat':
        return html`<parley-chat
          .messages=${call.messages}
          .draft=${this.#draft}
          @draft=${({ detail }: CustomEvent<string>) => (this.#draft = detail)}
          .peers=${[...call.room.peers.values()]}
          .barred=${barred(call.room, 'chat')}
          @say=${({ detail }: CustomEvent<string>) => call.say(detail)}
          @close=${close}
        ></parley-chat>`;
      case 'people':
        return html`<parley-participants
          .room=${call.room}
          .people=${participants(call, this.#media, this.#ownName)}
          @say=${({ detail }: CustomEvent<string>) => this.#notices.add(detail)}
          @close=${close}
        ></parley-participants>`;
      case 'details':
        return html`<parley-details .call=${call} @close=${close}></parley-details>`;
      case 'settings':
        return html`<parley-settings
          .media=${this.#media}
          .name=${this.#ownName}
          .given=${this.#giver}
          .shortcuts=${this.#shortcuts}
          .choosesShortcuts=${!this.noShortcuts}
          @shortcuts=${({ detail }: CustomEvent<boolean>) => this.#chooseShortcuts(detail)}
          @rename=${({ detail }: CustomEvent<string>) => this.#rename(detail)}
          @close=${close}
        ></parley-settings>`;
    }
  }

  #failed(reason: Reason, peer: Peer | null): void {
    const failure = roomFailure(reason);
    if (failure.refused && this.session?.self === null) {
      this.#refuse(failure);
    } else if (!peer || reason.code === 'channel-full') {
      // Whatever else goes wrong with one peer, its tile tells.
      this.#notices.add(reason.message);
    }
  }

  /** A screen that others should not see is not shown a moment longer; a person mutes themselves. */
  #asked(what: keyof Presence, by: string): void {
    if (!this.#media.live[what]) return;
    if (what !== 'screen') {
      this.request = { what, by };
      return;
    }
    void this.#media.setScreen(false);
    this.#notices.add(`${by} stopped your screen share.`);
  }

  #refuse(failure: Failure): void {
    this.#end();
    this.refusal = failure;
    this.phase = 'refused';
    this.dispatchEvent(new CustomEvent('refused', { detail: failure }));
  }

  #end(): void {
    const call = this.#call;
    // What the room says as it closes is no news of the others.
    this.#call = null;
    call?.end();
    this.#media.stop();
    this.request = null;
    this.panel = null;
    this.pinned = null;
    this.#setUnread(0);
    this.#draft = '';
    this.soundBlocked = false;
  }

  get #ownName(): string {
    return this.#givenName || this.name;
  }

  get #giver(): Giver {
    return !this.#givenName ? '' : this.#token === keptToken() ? 'account' : 'invitation';
  }

  #joinAs(name: string): void {
    if (!this.#givenName) {
      this.name = name;
      preferences.set('name', name);
    }
    this.join();
  }

  #rename(name: string): void {
    this.name = name;
    preferences.set('name', name);
    this.session?.update({ name });
  }

  #mediaChanged(): void {
    this.session?.setPresence(this.#media.live);
    this.dispatchEvent(new CustomEvent('media'));
    this.requestUpdate();
  }

  readonly #hear = (): void => {
    this.soundBlocked = false;
    this.stage?.play();
  };

  /** None for who has turned them off: who dictates, or trembles, presses keys unwillingly (WCAG 2.1.4). */
  get #shortcuts(): Shortcuts {
    if (this.noShortcuts || preferences.get('shortcuts') === 'off') return [];
    return shortcuts.filter(
      ({ action }) =>
        (action !== 'link' || !this.noLink) &&
        (action !== 'people' || (this.#call !== null && isModerated(this.#call.room))),
    );
  }

  #chooseShortcuts(on: boolean): void {
    preferences.set('shortcuts', on ? '' : 'off');
    this.requestUpdate();
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const path = event.composedPath();
    const target = path[0];
    // Keys elsewhere are the page's around this.
    if (!path.includes(this) && target !== document.body) return;
    if (event.key === 'Escape') return this.#show(null);
    if (target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')) return;
    const shortcut = this.#shortcuts.find(({ key }) => key === event.key.toLowerCase());
    if (!shortcut || (this.phase !== 'call' && this.phase !== 'lobby')) return;
    if (this.phase === 'lobby' && shortcut.action !== 'microphone' && shortcut.action !== 'camera') return;
    event.preventDefault();
    void this.#act(shortcut.action)?.then(() => this.#tell(shortcut.action));
  };

  /** A key has no button that says what became of it. */
  #tell(action: Action): void {
    if (action !== 'microphone' && action !== 'camera') return;
    const on = this.#media.live[action];
    this.said = `${action === 'microphone' ? 'Microphone' : 'Camera'} ${on ? 'on' : 'off'}`;
  }

  /** Returns when a device is on or off. */
  #act(action: Action): Promise<void> | void {
    const media = this.#media;
    switch (action) {
      case 'microphone':
        return media.setMicrophone(!media.live.microphone);
      case 'camera':
        return media.setCamera(!media.live.camera);
      case 'screen':
        if (this.session && barred(this.session, 'share')) {
          return void this.#notices.add(barred(this.session, 'share'));
        }
        return media.setScreen(!media.live.screen);
      case 'link':
        return void this.#copyLink();
      case 'leave':
        return this.leave();
      default:
        return this.#show(this.panel === action ? null : action);
    }
  }

  #show(panel: Panel | null): void {
    // The focus that a closing panel held goes back to its button.
    if (panel === null && this.panel && this.renderRoot.querySelector('aside:focus-within')) {
      this.controls?.focusOn(this.panel);
    }
    this.panel = panel;
    if (panel === 'chat') this.#setUnread(0);
  }

  get #shareLink(): string {
    return this.link || location.href;
  }

  /** Where tokens are asked for, the room's address alone lets nobody in. */
  get #invites(): boolean {
    return this.token !== '' && this.session?.moderator === true;
  }

  async #copyLink(): Promise<void> {
    const invitation = this.#invites ? await this.session?.invite().catch(() => undefined) : undefined;
    const link = invitation?.link ?? this.#shareLink;
    try {
      await navigator.clipboard.writeText(link);
      this.#notices.add('Link copied. Send it to the people you want to invite.');
    } catch {
      // Insecure pages have no clipboard; people can still read.
      this.#notices.add(`The link is ${link}`);
    }
  }
}

function people({ self, peers }: Room): string {
  const others = [...peers.values()].filter(({ stream }) => !stream).length;
  return self === null ? 'Joining …' : others === 0 ? 'Only you' : `${others + 1} people`;
}
