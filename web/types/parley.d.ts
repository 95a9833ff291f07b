/**
 * parley.js: rooms in someone else's page.
 *
 *     import { Room } from 'https://parley.example/parley.js';        the room alone, for an interface of one's own
 *     import { Directory } from 'https://parley.example/parley.js';   who is online, and calls by name
 *     import { Accounts } from 'https://parley.example/parley.js';    names that belong to somebody, where the host keeps any
 *     <parley-room room="blue-otter"></parley-room>                     a whole call, once parley.js is imported
 */

/** What a user interface shows, of one peer and of the whole room. */
export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'lost';

/** A stable code, and a sentence for people that says what is wrong and what to do. */
export interface Reason {
  code: string;
  message: string;
}

/** What a person shows of themselves at this moment. */
export interface Presence {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
}

/** An m-line with a name ("microphone", "camera", "screen") that both sides may send on. */
export interface Slot {
  name: string;
  kind: 'audio' | 'video';
}

/**
 * What is known of who is at the other end of a connection: `pending` (there is no string yet), `unavailable` (there cannot
 * be one: `reason.code` is foreign-client, older-client, streams, no-channel, no-fingerprint or no-entropy), `failed` (its
 * app, or somebody in between, broke the rules: out-of-order, bad-value, wrong-reveal, key-changed), `unverified` (there is
 * a string, which nobody has compared: not-compared, or new-connection after one that was), `verified` (compared in this
 * call, or remembered from one before), `changed` (another key than the remembered one) and `different` (people found a
 * difference).
 */
export type VerificationState =
  'pending' | 'unavailable' | 'failed' | 'unverified' | 'verified' | 'changed' | 'different';

/** A picture, and its English name. */
export interface Emoji {
  symbol: string;
  name: string;
}

/** Whether somebody sits in between, and what two people compare to find out: docs/verified.md. */
export interface Verification {
  state: VerificationState;
  reason: Reason;
  /** Four, once both ends have agreed on them. */
  emoji: readonly Emoji[];
  /** Six, likewise; '' before. */
  digits: string;
}

/** Where and as whom to join. */
export interface RoomOptions {
  /** The host's WebSocket; by default `/ws` where parley.js came from. `http:` and `https:` are taken, too. */
  url?: string | URL;
  /** 1 to 128 bytes of UTF-8, and neither `.` nor `..`, which no link can name: `bad-room` otherwise. */
  room: string;
  /** Shown to the others; at most 128 bytes of UTF-8: `bad-name` otherwise. */
  name?: string;
  /** Anything that JSON can say, at most 4,096 bytes of it; the others see it. */
  meta?: unknown;
  /** The id to ask for; the host assigns one otherwise. */
  peer?: string;
  /** A JSON Web Token, for a host that lets in only who has one. {@link Room.renew} gives a newer one. */
  token?: string;
  /** Instead of the host's. */
  iceServers?: RTCIceServer[];
  /** Open from the start; `microphone` and `camera` by default. Others open with their first track. */
  slots?: Slot[];
}

/** A remote member of the room. */
export interface Peer {
  readonly id: string;
  readonly name: string;
  readonly meta: unknown;
  /** Who it is, as the host has verified: the subject (`sub`) of its token; '' where it has none. */
  readonly identity: string;
  /** It moderates the room. */
  readonly moderator: boolean;
  /** The wire protocol it speaks with the host; `parley` for this client. */
  readonly dialect: string;
  /** Its signaling is interrupted; its media need not be. */
  readonly away: boolean;
  readonly state: LinkState;
  /**
   * Of one that is `lost`: `no-way` (no network path), `no-answer` (its app said nothing), `dtls-failed` (a path, but no
   * encryption over it), `channel-closed` (it closed its connection each time), `remote-description-failed` (this browser
   * takes no description of its app's) or `local-description-failed` (this browser makes no connection).
   */
  readonly reason: Reason;
  readonly presence: Presence;
  readonly verification: Verification;
  /**
   * Where its stream is watched: the address of an HLS playlist. Its media goes to the host and there is no connection
   * with it, which counts as `connected`. Of everybody else, null.
   */
  readonly stream: string | null;
  /**
   * What it sends, by slot: `microphone`, `camera`, `screen`, … A track can be muted: nothing flows in it now. One of a
   * foreign client is here as soon as it carries something.
   */
  readonly tracks: ReadonlyMap<string, MediaStreamTrack>;
  /** Rejects while there is no connection. */
  stats(): Promise<PeerStats>;
}

/** Whom something in a room is for. */
export type Whom = 'everybody' | 'moderators';

/** What those who moderate a room have decided about it. */
export interface RoomRules {
  /** It takes a token for this room to come in, or to watch its stream, where the host looks at tokens. */
  private: boolean;
  /** Nobody else comes in, moderators apart. */
  locked: boolean;
  /** Who comes waits until a moderator admits them. */
  waitingRoom: boolean;
  /** Who may show a screen. Others' `screen` and `screen-sound` have no track here, and no presence. */
  share: Whom;
  /**
   * Who may write in the chat. `<parley-room>` shows no message of others whose topic is `chat`; an application with an
   * interface of its own knows its topics, and compares {@link Peer.moderator}.
   */
  chat: Whom;
  /** At most so many people; 0 where the host's own limit is all there is. */
  members: number;
  /** When everybody has to leave, in milliseconds (performance.now()); null: never. */
  ends: number | null;
}

/** What is to be otherwise; the rest stays as it is. */
export interface RuleChange {
  private?: boolean | null;
  locked?: boolean | null;
  waitingRoom?: boolean | null;
  share?: Whom | null;
  chat?: Whom | null;
  /** 0 to 1,000; 0: no limit but the host's. */
  members?: number | null;
  /** In seconds, at most 366 days; 0: never. */
  endsIn?: number | null;
}

/** Somebody outside the room. */
export interface Guest {
  /** Names them in {@link Room.admit}, {@link Room.refuse} and {@link Room.allow}; not a member's id. */
  id: string;
  name: string;
  /** As {@link Peer.identity}. */
  identity: string;
  /** The wire protocol of one who waits; '' of one who was removed. */
  dialect: string;
}

/** Outside the room, for who moderates it; empty for everybody else. */
export interface Lobby {
  /** They wait to be let in. */
  waiting: readonly Guest[];
  /** They were removed, and may not come back. */
  removed: readonly Guest[];
}

export interface InvitationOptions {
  /** What its holder may do: `['join']` by default. Nobody gives others a right that is not their own. */
  may?: ('join' | 'moderate')[];
  /** How long it is good for; the host's usual time by default. */
  seconds?: number;
}

export interface Invitation {
  /** Lets in whoever opens it. */
  link: string;
  ends: Date;
}

/** How one peer's connection is doing. Rates are since the last look. */
export interface PeerStats {
  /** The candidate types in use (host, srflx, prflx, relay) and the transport protocol. */
  candidatePair: { local: string; remote: string; protocol: string } | null;
  /** In seconds. */
  roundTripTime: number | null;
  /** In bit/s, as the browser estimates it. */
  availableOutgoingBitrate: number | null;
  /** In bit/s, media and headers; in Firefox without data channels and encryption. */
  sent: number;
  received: number;
  /** Of what the peer sent: packets, and their share since the last look, 0 to 1. */
  packetsLost: number;
  lossRate: number;
  /** Of what the peer sent since the last look: the root mean square, 0 to 1. */
  audioLevel: number;
  frameWidth: number | null;
  frameHeight: number | null;
  framesPerSecond: number | null;
}

/** One change of one of a connection's states; `at` is in milliseconds (performance.now()). */
export interface StateChange {
  at: number;
  field: string;
  value: string;
}

export interface PeerSnapshot {
  id: string;
  name: string;
  meta: unknown;
  incarnation: string;
  dialect: string;
  away: boolean;
  /** As {@link Peer.identity}. */
  identity: string;
  moderator: boolean;
  /** Its media goes to the host, and it never has a connection. */
  streams: boolean;
  state: LinkState;
  reason: Reason;
  signaling: RTCSignalingState;
  gathering: RTCIceGatheringState;
  ice: RTCIceConnectionState;
  connection: RTCPeerConnectionState;
  channelOpen: boolean;
  /** Since it was last connected for ten seconds. */
  iceRestarts: number;
  /** Fresh connections, since then. */
  rebuilds: number;
  presence: Presence;
  verification: Verification;
  /** Oldest first. */
  timeline: StateChange[];
}

export interface Snapshot {
  state: LinkState;
  reason: Reason;
  room: string;
  self: string;
  incarnation: string;
  /** idle, connecting, joining, waiting-room, joined, waiting, closed */
  signaling: string;
  /** As of {@link Room}; so are `rules` and `lobby`. */
  moderator: boolean;
  rules: RoomRules;
  lobby: Lobby;
  peers: PeerSnapshot[];
}

export interface RoomEvents {
  state: { state: LinkState; reason: Reason };
  joined: { self: string; room: string };
  'peer-joined': { peer: Peer };
  'peer-updated': { peer: Peer };
  'peer-left': { peer: Peer; reason: string };
  'peer-state': { peer: Peer; state: LinkState; reason: Reason };
  'peer-tracked': { peer: Peer; at: number; field: string; value: string };
  track: { peer: Peer; slot: string; track: MediaStreamTrack };
  message: { peer: Peer; topic: string; text: string };
  presence: { peer: Peer; presence: Presence };
  verification: { peer: Peer; verification: Verification };
  /**
   * So much is left of the token: the host says it 60 s before the end, or when half is left of a shorter token. Without a
   * `renew()` the room is then `lost`, with the reason `token-expired`.
   */
  'token-ends': { seconds: number };
  /** Before the first one there is no rule. */
  rules: { rules: RoomRules };
  /** This client moderates the room from now on, or no longer. */
  role: { moderator: boolean };
  /** For who moderates: who waits outside, or was removed. */
  lobby: Lobby;
  /**
   * A moderator (null: an application of the host's) asks this client to close something. Whether it does is its own to
   * decide; `<parley-room>` stops a screen at once, and asks its person about the others.
   */
  asked: { what: 'microphone' | 'camera' | 'screen'; by: Peer | null };
  error: { peer: Peer | null; code: string; message: string };
}

/** Its events have these names, and each is a CustomEvent with that detail. */
export interface TypedEventTarget<Events> extends EventTarget {
  addEventListener<Name extends keyof Events>(
    type: Name,
    listener: (event: CustomEvent<Events[Name]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof Events>(
    type: Name,
    listener: (event: CustomEvent<Events[Name]>) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * One stay in one room. Joining does not wait for the camera: connections are made at once, and tracks put in when they
 * are there. Its events are {@link RoomEvents}.
 */
export interface Room extends TypedEventTarget<RoomEvents> {}
export declare class Room {
  constructor(options: RoomOptions);
  readonly state: LinkState;
  readonly reason: Reason;
  /** Our id in the room; null before the host said it. */
  readonly self: string | null;
  readonly peers: ReadonlyMap<string, Peer>;
  /** Whether this client moderates the room. Its token says so (the right `moderate`), or another moderator. */
  readonly moderator: boolean;
  readonly rules: RoomRules;
  readonly lobby: Lobby;
  /**
   * While a moderator is asked to let this client in, the room is `connecting` with the reason `waiting-room`. It is `lost`
   * for good with the reasons `not-admitted`, `removed`, `room-ended`, `room-locked`, `no-such-room` and `room-full`.
   */
  join(): void;
  leave(): void;
  /**
   * What goes out in a slot from now on; null is nothing, and so is a track that has ended (within a second, where it was
   * ended by `stop()`, which has no event). A slot that is new is opened towards everyone. Presence follows: whoever mutes
   * by other means than the track says so with `setPresence`. Throws a `TypeError` for what the slot cannot send: no track,
   * one that has ended, or one of the other kind (`microphone` and `screen-sound` are audio, `camera` and `screen` video,
   * and others what they were at first).
   */
  setTrack(slot: string, track: MediaStreamTrack | null): void;
  setPresence(change: Partial<Presence>): void;
  update(change: { name?: string; meta?: unknown }): void;
  /**
   * Peer to peer, exactly once and in order: to one peer, or to everybody here. At most 65,536 bytes, and 1,024 of the
   * topic. What is said before the room is joined goes out once it is; what is said after leaving it, or being refused,
   * is an `error` (`not-joined`).
   */
  send(topic: string, text: string, to?: string): void;
  /**
   * This person has compared {@link Peer.verification} with what the peer sees, over sound and picture, and all of it was the
   * same. Where both have an identity it is remembered in this browser. Where there is nothing to compare, it is an `error`
   * (`nothing-to-compare`, `no-such-peer`).
   */
  markVerified(peer: string): void;
  /** Likewise, and something was different: somebody may be listening. */
  markDifferent(peer: string): void;
  /**
   * A newer token: for this stay, and for joining again. One that the host refuses is an `error` (`token-…`), and the stay
   * goes on with the one before. A room that is `lost` needs `join()` or `retry()` as well.
   */
  renew(token: string): void;
  /**
   * For who moderates the room, as all up to `end()`: lets in one who waits ({@link Lobby.waiting}), or all. What the host
   * will not do is an `error`: `not-moderator`, `no-such-peer`, `cannot-be-asked`; before joining, `not-joined`.
   */
  admit(id?: string): void;
  /** Sends away one who waits, or all. */
  refuse(id?: string): void;
  /** Takes a member out of the room, who cannot come back before `allow()`. */
  remove(peer: string): void;
  /** Who was removed ({@link Lobby.removed}) may come back. */
  allow(id: string): void;
  /** Asks a member to close its microphone, its camera or its screen: it has an `asked` event. */
  ask(peer: string, what: 'microphone' | 'camera' | 'screen'): void;
  /** This member moderates, too. */
  appoint(peer: string): void;
  /** Moderates no longer. */
  resign(): void;
  setRules(change: RuleChange): void;
  /** Ends the call for everybody, and forgets its rules. */
  end(): void;
  /**
   * A link into this room for somebody who has no token; its maker needs the right `moderate`. Rejects with an `Error` that
   * has the host's `code` and sentence, such as `token-right`, or `no-auth` where everybody gets in anyway.
   */
  invite(options?: InvitationOptions): Promise<Invitation>;
  /** Links that were made before let nobody in any more. Rejects likewise. */
  withdrawInvitations(): Promise<void>;
  /** Tries again now: one peer that was lost, or the host and everybody. */
  retry(peer?: string): void;
  snapshot(): Snapshot;
}

/** Somebody else who is online. */
export interface User {
  name: string;
  id: string;
  /** Whether they have a call by name that was accepted. */
  inCall: boolean;
}

/** The call by name that there is, or the last one. */
export interface Call {
  /** outgoing and incoming while it rings */
  state: 'idle' | 'outgoing' | 'incoming' | 'accepted';
  /** Whom it is, or was, with; `id` may be empty while that is not known. */
  name: string;
  id: string;
  /** Once it is accepted: to be joined by a Room, with one's own name as `peer`. */
  room: string;
  /** How the last one ended: rejected, busy, cancelled, timed-out, ended, offline, gone, too-many-rings, failed. */
  reason: Reason;
}

/** Under which name to be online, and where. */
export interface DirectoryOptions {
  /** The host's WebSocket; by default `/ws` where parley.js came from. `http:` and `https:` are taken, too. */
  url?: string | URL;
  /** What others call; 1 to 128 bytes. Nobody else who is online has it. */
  name: string;
  /** Shown to the others, and never looked at; the name by default. */
  id?: string;
  /** As {@link RoomOptions.token}. A name that belongs to an account takes that of its {@link SignIn}: `name-taken` otherwise. */
  token?: string;
}

export interface DirectoryEvents {
  state: { state: LinkState; reason: Reason };
  users: { users: readonly User[] };
  call: { call: Call };
  /** As of {@link RoomEvents}: then this client is offline. */
  'token-ends': { seconds: number };
  error: { code: string; message: string };
}

/**
 * Online under a name: who else is, and calls between two. It rings for 30 seconds. Its events are
 * {@link DirectoryEvents}.
 */
export interface Directory extends TypedEventTarget<DirectoryEvents> {}
export declare class Directory {
  constructor(options: DirectoryOptions);
  readonly state: LinkState;
  readonly reason: Reason;
  /** Everybody else who is online. */
  readonly users: readonly User[];
  readonly call: Call;
  /** Goes online. What goes wrong is told by `state` events, such as `name-taken`. */
  register(): void;
  /** Ends the call, if there is one, and goes offline. */
  leave(): void;
  /** Calls somebody; one call at a time. */
  dial(name: string): void;
  accept(): void;
  reject(): void;
  /** Gives up, declines or ends the call, as it stands. */
  hangUp(): void;
  /** As {@link Room.renew}. */
  renew(token: string): void;
  /** Tries again now to reach the host. */
  retry(): void;
}

/** Who may make an account: everybody, whoever has an invitation, or nobody but whoever runs the host. */
export type Registration = 'open' | 'invited' | 'closed';

/** Somebody is signed in. */
export interface SignIn {
  /** As the account was made with it: for {@link DirectoryOptions.name}. */
  name: string;
  /** For {@link DirectoryOptions.token}, {@link RoomOptions.token}, and what {@link Accounts} does for this account. Keep it as a password. */
  token: string;
  /** When the token ends: 30 days after it was made. {@link Accounts.renew} gives another. */
  ends: Date;
}

/** A call by name that is over, as one of the two sees it. */
export interface CallEntry {
  /** Whom it was with. */
  with: string;
  /** The name belonged to an account then, and still does. */
  account: boolean;
  direction: 'incoming' | 'outgoing';
  /** Missed: neither answered nor rejected. */
  outcome: 'answered' | 'missed' | 'rejected';
  /** When it began to ring. */
  at: Date;
  /** How long the two talked. */
  seconds: number;
}

export interface Account {
  name: string;
  since: Date;
  /** Of the last 90 days, the newest first, 200 at most. */
  calls: readonly CallEntry[];
}

/**
 * Names that belong to somebody, where the host keeps accounts (`--users`). Passwords have 8 to 128 bytes, names 2 to 32 of
 * `a-z A-Z 0-9 . _ -`, a letter or a digit first; upper and lower case are one name. What fails rejects with an `Error`
 * that has the host's `code` and sentence, such as `name-taken`, `wrong-password`, `too-fast`, or `token-revoked` once
 * somebody has signed out everywhere.
 */
export declare class Accounts {
  /** `url` as {@link DirectoryOptions.url}. */
  constructor(options?: { url?: string | URL });
  /** null where the host keeps no accounts. */
  registration(): Promise<Registration | null>;
  /** Makes an account. `invitation` is a token that may `register`, where {@link Registration} is `invited`. */
  register(name: string, password: string, invitation?: string): Promise<SignIn>;
  signIn(name: string, password: string): Promise<SignIn>;
  /** Signed in for another 30 days. */
  renew(token: string): Promise<SignIn>;
  /** All tokens of this account end, this one too. To sign out here alone, forget the token. */
  signOutEverywhere(token: string): Promise<void>;
  /** The account, and its last calls. */
  show(token: string): Promise<Account>;
  /** All other tokens of this account end. */
  changePassword(token: string, password: string, newPassword: string): Promise<SignIn>;
  /** Deletes the account, and all that is kept for it. */
  remove(token: string, password: string): Promise<void>;
  /** For an account that is not online: it finds a missed call. */
  leaveMissedCall(token: string, to: string): Promise<void>;
}

/** The detail of each event of a `<parley-room>`: those of its Room, and its own. */
export interface ParleyRoomDetails extends RoomEvents {
  /** This person has left. */
  left: null;
  /** The room cannot be joined, or goes on elsewhere: why, in a few words, and what to do. */
  refused: { code: string; title: string; advice: string };
  /** How many messages have arrived while the chat was closed; 0 when it is opened. */
  unread: { count: number };
  /** What this person sends may have changed. */
  media: null;
}

export type ParleyRoomEvents = Omit<HTMLElementEventMap, keyof ParleyRoomDetails> & {
  [Name in keyof ParleyRoomDetails]: CustomEvent<ParleyRoomDetails[Name]>;
};

/**
 * `<parley-room>`: lobby, tiles, controls, chat, people (where somebody moderates) and details. It fills the height of its container; where that has none, it
 * is 640 px high, or as high as a smaller window. Its properties are also its attributes (`no-camera`,
 * `no-microphone`, `no-link` and `no-shortcuts` with a hyphen). Its events are {@link ParleyRoomDetails}. Its slot `head`
 * takes what an application adds to the line above the call.
 */
export declare class ParleyRoomElement extends HTMLElement {
  room: string;
  url: string;
  name: string;
  peer: string;
  /** As {@link RoomOptions.token}; setting it in a call renews, as {@link Room.renew} does. */
  token: string;
  /** What "Copy link" copies; the page's address by default. */
  link: string;
  /** Where to go from a call that is over; nowhere by default. */
  home: string;
  /** What stands above the call; the room's name by default. */
  heading: string;
  /** Joins at once instead of showing the lobby. */
  autojoin: boolean;
  noCamera: boolean;
  noMicrophone: boolean;
  /** Nobody else is to come: no link to copy, and no invitation while one is alone. */
  noLink: boolean;
  /**
   * No key acts by itself, but Escape. Else M, V, S, C, P, L, D and ? do, while the focus is in the element or nowhere, and as
   * long as this person has not turned them off in the settings.
   */
  noShortcuts: boolean;
  /** The Room while in a call. */
  readonly session: Room | null;
  /** What this person sends now: `camera`, `microphone`, `screen` and `screen-sound`, where they are. */
  readonly tracks: ReadonlyMap<string, MediaStreamTrack>;
  join(): void;
  leave(): void;
  addEventListener<Name extends keyof ParleyRoomEvents>(
    type: Name,
    listener: (event: ParleyRoomEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof ParleyRoomEvents>(
    type: Name,
    listener: (event: ParleyRoomEvents[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-room': ParleyRoomElement;
  }
}
