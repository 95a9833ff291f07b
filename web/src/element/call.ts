import {
  Room,
  type LinkState,
  type Lobby,
  type Peer,
  type PeerStats,
  type Presence,
  type Reason,
  type RoomOptions,
  type RoomRules,
  type Verification,
} from '../shim/index.js';
import { Hurry } from './hurry.js';
import { InvitationEnd, isAboutInvitation } from './invitation.js';
import { Level } from './level.js';
import type { LocalMedia } from './media.js';
import { isolate } from './name.js';
import { Speakers } from './speakers.js';
import { changes } from './room-rules.js';
import { news } from './verification.js';
import { isMuted } from './views.js';

export interface Message {
  from: string;
  own: boolean;
  text: string;
  at: Date;
}

/** Why a stay that was lost is over. */
const endings = new Set(['replaced', 'removed', 'room-ended', 'room-locked', 'no-such-room', 'not-admitted']);

/** A frame of reference for statistics: often enough to follow who speaks, seldom enough to cost nothing. */
const readEveryMs = 500;
/** Longer than a first connection takes, even over a relay by TCP. */
const slowMs = 10_000;

/**
 * One stay in one room, as the user interface sees it: the Room and what gathers around it while it lasts. All that
 * concerns signaling stays in the Room; this listens, remembers and asks for a new picture.
 */
export class Call {
  readonly room: Room;
  readonly messages: Message[] = [];
  readonly stats = new Map<string, PeerStats>();
  /** Peers whose presence has arrived: until then, moving pictures tell more than its absence. */
  readonly #presenceOf = new WeakSet<Peer>();
  /** Since when peers have been on their first connection. */
  readonly #connecting = new WeakMap<Peer, number>();
  /** What was told last of whether somebody is in between. */
  readonly #verificationTold = new WeakMap<Peer, string>();
  readonly #speakers = new Speakers();
  readonly #media: LocalMedia;
  readonly #events: CallEvents;
  readonly #invitationEnd: InvitationEnd;
  #rules: RoomRules;
  /** Who waited outside when that was told last. */
  #waiting = new Set<string>();
  #ownLevel: { level: Level; track: MediaStreamTrack } | null = null;
  #clock: number;
  readonly hurry: Hurry;
  /** What the host is shown. */
  token: string;
  /** Somebody else has been here. */
  met = false;

  constructor(options: RoomOptions, media: LocalMedia, events: CallEvents) {
    this.#media = media;
    this.#events = events;
    this.token = options.token ?? '';
    this.#invitationEnd = new InvitationEnd((words) => events.notice(words));
    this.room = new Room(options);
    this.#rules = this.room.rules;
    this.hurry = new Hurry(this.room, () => media.live.camera);
    this.#listen();
    for (const [slot, track] of media.tracks) this.room.setTrack(slot, track);
    this.room.setPresence(media.live);
    this.room.join();
    this.#clock = window.setInterval(() => void this.#read(), readEveryMs);
  }

  /** The id of whoever is speaking: a peer's or, for this person, the room's `self`. */
  get speaking(): string | null {
    return this.#speakers.active;
  }

  knowsPresence(peer: Peer): boolean {
    return this.#presenceOf.has(peer);
  }

  /** A moderator decides whether this person comes in. */
  get waits(): boolean {
    return this.room.self === null && this.room.reason.code === 'waiting-room';
  }

  /** Why a first connection is still not there, once that takes long; else nothing. */
  delay(peer: Peer): string {
    const since = this.#connecting.get(peer);
    if (since === undefined || performance.now() - since < slowMs) return '';
    if (peer.reason.code === 'peer-unreachable') return peer.reason.message;
    const answered = this.room
      .snapshot()
      .peers.some(({ id, signaling }) => id === peer.id && signaling !== 'have-local-offer');
    return answered
      ? 'No network path found yet. Between different networks, the host needs a STUN or TURN server.'
      : 'This person’s app has not answered yet.';
  }

  say(text: string): void {
    this.room.send('chat', text);
    this.messages.push({ from: '', own: true, text, at: new Date() });
    this.#events.changed();
  }

  renew(token: string): void {
    this.token = token;
    this.#invitationEnd.renewed();
    this.room.renew(token);
  }

  end(): void {
    clearInterval(this.#clock);
    this.#invitationEnd.renewed();
    this.#ownLevel?.level.close();
    this.room.leave();
  }

  #listen(): void {
    const on = <Detail>(type: string, handle: (detail: Detail) => void): void =>
      this.room.addEventListener(type, (event) => {
        handle((event as CustomEvent<Detail>).detail);
        this.#events.forward(event as CustomEvent);
        this.#events.changed();
      });
    on('state', ({ state, reason }: { state: LinkState; reason: Reason }) => {
      const over = endings.has(reason.code) || isAboutInvitation(reason);
      if (state === 'lost' && over) this.#events.over(reason);
    });
    on('token-ends', () => this.#invitationEnd.near());
    // Who is here already is announced in the same breath as `joined`: that is no news.
    let arriving = false;
    on('joined', () => {
      arriving = true;
      queueMicrotask(() => (arriving = false));
    });
    on('peer-joined', ({ peer }: { peer: Peer }) => {
      this.met = true;
      if (!arriving) this.#events.notice(`${isolate(peer.name || peer.id)} joined`);
    });
    on('peer-updated', () => undefined);
    on('peer-left', ({ peer, reason }: { peer: Peer; reason: string }) => {
      this.stats.delete(peer.id);
      this.#events.notice(
        `${isolate(peer.name || peer.id)} ${reason === 'removed' ? 'was removed' : 'left'}`,
      );
    });
    on('rules', ({ rules }: { rules: RoomRules }) => {
      if (!arriving) for (const words of changes(this.#rules, rules)) this.#events.notice(words);
      this.#rules = rules;
    });
    on('role', ({ moderator }: { moderator: boolean }) => {
      if (arriving) return;
      this.#events.notice(moderator ? 'You moderate this room now.' : 'You no longer moderate this room.');
    });
    on('lobby', ({ waiting }: Lobby) => {
      for (const { id, name } of waiting)
        if (!this.#waiting.has(id)) this.#events.notice(`${isolate(name || id)} waits to be let in`);
      this.#waiting = new Set(waiting.map(({ id }) => id));
    });
    on('asked', ({ what, by }: { what: keyof Presence; by: Peer | null }) =>
      this.#events.asked(what, by ? isolate(by.name || by.id) : 'A moderator'),
    );
    on('peer-state', () => undefined);
    on('verification', ({ peer, verification }: { peer: Peer; verification: Verification }) => {
      const words = news(isolate(peer.name || peer.id), verification);
      if (!words || this.#verificationTold.get(peer) === words) return;
      this.#verificationTold.set(peer, words);
      this.#events.notice(words);
    });
    on('presence', ({ peer }: { peer: Peer }) => this.#presenceOf.add(peer));
    on('track', ({ track }: { track: MediaStreamTrack }) => {
      for (const type of ['mute', 'unmute', 'ended']) track.addEventListener(type, this.#events.changed);
    });
    on('message', ({ peer, topic, text }: { peer: Peer; topic: string; text: string }) => {
      if (topic !== 'chat' || (this.room.rules.chat === 'moderators' && !peer.moderator)) return;
      const message = { from: isolate(peer.name || peer.id), own: false, text, at: new Date() };
      this.messages.push(message);
      this.#events.message(message);
    });
    on('error', ({ peer, code, message }: Reason & { peer: Peer | null }) =>
      this.#events.failed({ code, message }, peer),
    );
  }

  /** Connection figures of everyone, and from their loudness who is speaking. */
  async #read(): Promise<void> {
    const levels = new Map<string, number>();
    await Promise.all(
      [...this.room.peers.values()].map(async (peer) => {
        if (peer.state !== 'connecting') this.#connecting.delete(peer);
        else if (!this.#connecting.has(peer)) this.#connecting.set(peer, performance.now());
        const stats = await peer.stats().catch(() => undefined);
        if (!stats) return;
        this.stats.set(peer.id, stats);
        // Else the sound of a shared screen, or what was said last, would be theirs.
        if (!isMuted(peer, this.knowsPresence(peer))) levels.set(peer.id, stats.audioLevel);
      }),
    );
    if (this.room.self !== null) levels.set(this.room.self, this.#readOwn());
    this.#speakers.update(levels, performance.now());
    this.#events.changed();
  }

  #readOwn(): number {
    const track = this.#media.live.microphone ? this.#media.tracks.get('microphone') : undefined;
    if (track !== this.#ownLevel?.track) {
      this.#ownLevel?.level.close();
      this.#ownLevel = track ? { level: new Level(track), track } : null;
    }
    return this.#ownLevel?.level.read() ?? 0;
  }
}

export interface CallEvents {
  /** Something that is shown may have changed. */
  changed: () => void;
  /** Something worth a passing word. */
  notice: (words: string) => void;
  message: (message: Message) => void;
  failed: (reason: Reason, peer: Peer | null) => void;
  /** A moderator, of this name, asks this person to close something. */
  asked: (what: keyof Presence, by: string) => void;
  /** The host has ended this stay. */
  over: (reason: Reason) => void;
  /** Each event of the room, for the application around the element. */
  forward: (event: CustomEvent) => void;
}
