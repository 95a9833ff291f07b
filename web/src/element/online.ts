import { Directory, type Call, type Reason } from '../shim/index.js';
import { InvitationEnd, isAboutInvitation } from './invitation.js';
import type { PastCall } from './outcome.js';
import type { RingingTone } from './ringing-tone.js';

/**
 * Whoever accepts a call is in its room within a moment. Nobody waits there alone for longer: the other's page may have
 * crashed on the way.
 */
const companyMs = 20_000;

export interface OnlineEvents {
  /** Something that is shown may have changed. */
  changed: () => void;
  /** The host does not take this name, or no longer: this stay is over. */
  refused: (reason: Reason) => void;
  /** A call is over, whether or not it was answered. */
  ended: (past: PastCall) => void;
  /** Each event of the directory, for the application around the element. */
  forward: (event: CustomEvent) => void;
}

/**
 * One stay online under one name, as the user interface sees it: the Directory, the sound of a call that rings, and what
 * became of the latest one. All that concerns signaling stays in the Directory.
 */
export class Online {
  readonly directory: Directory;
  readonly name: string;
  /** The host has this name in its directory, or had before it went out of reach. */
  registered = false;
  /** The latest call, once it is over. */
  past: PastCall | null = null;
  /** What else the host had to say. */
  notice = '';
  /** The incoming call is accepted, and the host has not said so yet. */
  answering = false;

  readonly #tone: RingingTone;
  readonly #events: OnlineEvents;
  readonly #invitationEnd = new InvitationEnd((words) => this.#note(words));
  #direction: PastCall['direction'] = 'outgoing';
  #previous: Pick<Call, 'name' | 'state'> = { name: '', state: 'idle' };
  /** How the call that is ending ends, where this page knows it better than the host. */
  #verdict: Pick<PastCall, 'own' | 'reason'> | null = null;
  #alone = 0;

  constructor(
    options: { url?: string; name: string; token?: string },
    tone: RingingTone,
    events: OnlineEvents,
  ) {
    this.name = options.name;
    this.#tone = tone;
    this.#events = events;
    this.directory = new Directory(options);
    this.#listen();
    addEventListener('pagehide', this.#leavePage);
    addEventListener('pageshow', this.#comeBack);
    this.directory.register();
  }

  get phase(): 'offline' | 'online' | 'incoming' | 'outgoing' | 'accepted' {
    const { state } = this.directory.call;
    if (!this.registered) return 'offline';
    return state === 'idle' ? 'online' : state;
  }

  /** Whether the host is out of reach. The first way to it is no trouble. */
  get isCutOff(): boolean {
    const { state, reason } = this.directory;
    return state !== 'connected' && !(state === 'connecting' && ['idle', 'connecting'].includes(reason.code));
  }

  dial(name: string): void {
    this.dismiss();
    this.directory.dial(name);
  }

  accept(): void {
    this.answering = true;
    this.#tone.stop();
    this.directory.accept();
    this.#events.changed();
  }

  reject(): void {
    this.#end({ own: true, reason: { code: 'rejected', message: '' } }, () => this.directory.reject());
  }

  cancel(): void {
    this.#end({ own: true, reason: { code: 'cancelled', message: '' } }, () => this.directory.hangUp());
  }

  hangUp(): void {
    this.#hangUp(true, { code: 'ended', message: '' });
  }

  /** The room cannot be entered: there is no call without it. */
  refused(reason: Reason): void {
    this.#hangUp(false, reason);
  }

  /** Somebody is in the room. */
  joined(): void {
    clearTimeout(this.#alone);
  }

  /** Nobody else is in the room any more; `reason` as the host has it for whoever left last. */
  left(reason: string): void {
    this.#hangUp(false, { code: reason === 'left' ? 'ended' : 'gone', message: '' });
  }

  /** Forgets what there was to say. */
  dismiss(): void {
    this.past = null;
    this.notice = '';
    this.#events.changed();
  }

  /** Something is to be said, in place of what was. */
  say(words: string): void {
    this.past = null;
    this.#note(words);
  }

  renew(token: string): void {
    this.#invitationEnd.renewed();
    this.directory.renew(token);
  }

  end(): void {
    this.#invitationEnd.renewed();
    removeEventListener('pagehide', this.#leavePage);
    removeEventListener('pageshow', this.#comeBack);
    clearTimeout(this.#alone);
    this.#tone.stop();
    this.directory.leave();
  }

  /** A page that the browser puts by for the way back cannot be called there. */
  readonly #leavePage = (): void => this.directory.leave();
  readonly #comeBack = ({ persisted }: PageTransitionEvent): void => {
    if (!persisted) return;
    this.registered = false;
    this.directory.register();
  };

  #hangUp(own: boolean, reason: Reason): void {
    this.#end({ own, reason }, () => this.directory.hangUp());
  }

  #end(verdict: Pick<PastCall, 'own' | 'reason'>, tell: () => void): void {
    this.#verdict ??= verdict;
    tell();
  }

  #listen(): void {
    const on = <Detail>(type: string, handle: (detail: Detail) => void): void =>
      this.directory.addEventListener(type, (event) => {
        handle((event as CustomEvent<Detail>).detail);
        this.#events.forward(event as CustomEvent);
        this.#events.changed();
      });
    on('state', ({ state, reason }: Pick<Directory, 'state' | 'reason'>) => {
      if (state === 'connected') this.registered = true;
      // Who was online stays so for the person: there may be a call, and it can be tried again.
      if (state === 'lost' && (!this.registered || isAboutInvitation(reason))) this.#events.refused(reason);
    });
    on('token-ends', () => this.#invitationEnd.near());
    on('users', () => undefined);
    on('call', ({ call }: { call: Call }) => this.#follow(call));
    on('error', (reason: Reason) => {
      if (this.registered) this.notice = reason.message;
      else this.#events.refused(reason);
    });
  }

  #note(words: string): void {
    this.notice = words;
    this.#events.changed();
  }

  #expectCompany(): void {
    // Without the host nobody can come, and that is not the other's doing.
    const check = (): void => (this.isCutOff ? this.#expectCompany() : this.left('timeout'));
    this.#alone = window.setTimeout(check, companyMs);
  }

  #follow(call: Call): void {
    clearTimeout(this.#alone);
    this.answering = false;
    switch (call.state) {
      case 'incoming':
      case 'outgoing':
        this.dismiss();
        this.#verdict = null;
        this.#direction = call.state;
        this.#tone.start(call.state);
        break;
      case 'accepted':
        this.#tone.stop();
        this.#expectCompany();
        break;
      case 'idle':
        this.#tone.stop();
        this.past = {
          name: this.#previous.name,
          direction: this.#direction,
          ...(this.#verdict ?? { own: false, reason: call.reason }),
        };
        this.#events.ended(this.past);
    }
    this.#previous = call;
  }
}
