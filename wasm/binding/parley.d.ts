/**
 * Parley's client core as a WebAssembly module.
 *
 * The module decides, the embedder performs: tell the {@link Session} what happened, and it calls the
 * {@link Handler}'s methods, in order and before the method returns, for what is to be done now. It opens no
 * socket, reads no clock and knows no `RTCPeerConnection`; those are named by handles (whole numbers from 1,
 * never used twice within a session), and an input about a handle that the session has since closed is ignored.
 *
 *     const { Session } = await createParley();
 *     const seed = crypto.getRandomValues(new Uint32Array(2));
 *     const session = new Session({ url: 'wss://example.org/ws', room: 'blue-otter', seed }, handler);
 *     session.join(performance.now());
 *
 * A {@link Directory} is driven in the same way: online under a name, calls by name. An accepted call has a room,
 * which is a Session's.
 *
 * Time: every method's `now` is in milliseconds on a clock that never goes back, `performance.now()`; fractions
 * are dropped. Text: a lone surrogate, which UTF-8 cannot carry, becomes U+FFFD.
 *
 * Errors: wrong arguments (type, range, or number of them) are a `TypeError` that says which and what was expected,
 * and so is any call after `delete()`; the session has then not been touched. A text holds at most 1,048,576 UTF-16
 * units, a list or a map at most 256 members. Nothing else throws: what a server or a peer sends at worst does
 * nothing.
 */

/** Loads and instantiates the module. Rejects where WebAssembly is missing or the file cannot be had. */
export default function createParley(options?: ModuleOptions): Promise<ParleyModule>;

export interface ModuleOptions {
  /** The bytes of parley.wasm, where they are at hand. They are fetched otherwise. */
  wasmBinary?: ArrayBuffer | Uint8Array;
  /** The URL of parley.wasm. `path` is its name, `prefix` the folder of parley.js. */
  locateFile?(path: string, prefix: string): string;
  /**
   * Instantiates the module in the embedder's own way, such as from a compilation that has already begun.
   * Passes the instance and its module to `done`, now or later, and returns an empty object.
   */
  instantiateWasm?(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module?: WebAssembly.Module) => void,
  ): object;
}

export interface ParleyModule {
  /** Throws a `TypeError` where the configuration or the handler is not as declared. */
  Session: new (config: Config, handler: Handler) => Session;
  /** Likewise. */
  Directory: new (config: DirectoryConfig, handler: DirectoryHandler) => Directory;
}

export type MediaKind = 'audio' | 'video';

/** What a user interface shows, of one peer and of the whole room. */
export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'lost';

/**
 * An m-line with a name ("microphone", "camera", "screen") that both sides may send on. What flows in it changes
 * with `RTCRtpSender.replaceTrack()` and so never needs a negotiation; only opening one does.
 */
export interface Slot {
  name: string;
  kind: MediaKind;
}

export interface Config {
  /** The host's WebSocket, `ws:` or `wss:`. */
  url: string;
  /** 1 to 128 bytes of UTF-8 without control characters; not `.` or `..`, which no link can name. */
  room: string;
  /** For others to see; at most 128 bytes. */
  name?: string | null;
  /** Any JSON value, for others to see; at most 4,096 bytes as JSON. `{}` by default. */
  meta?: unknown;
  /** The peer id to ask for, 1 to 128 bytes. The host assigns one otherwise. */
  peer?: string | null;
  /** A JSON Web Token, for a host that does not let everybody in. */
  token?: string | null;
  /** Open from the start. */
  slots?: readonly Slot[] | null;
  /** RTCIceServer (W3C WebRTC 4.2.4). Used instead of the host's, where there are any. */
  iceServers?: readonly RTCIceServer[] | null;
  /**
   * 1 to 64 printable ASCII characters from a cryptographic source, random for each page load: who can show them is this
   * page. The others see their SHA-256 alone, as the incarnation. Made of the seed by default, which others can compute.
   */
  secret?: string | null;
  /** The secret of the page that was loaded in this tab before: its id is this one's as soon as its socket is lost. */
  former?: string | null;
  /**
   * At least 32 characters with 256 bits from a cryptographic source, of which nobody else ever hears; what people compare
   * ({@link Verification}) is made of it. Without it nobody can be verified.
   */
  entropy?: string | null;
  /** 64 random bits as two whole numbers from 0 to 2^32 - 1: all of the session's randomness. */
  seed: ArrayLike<number>;
}

/** Which mid carries which slot: `{ "0": "microphone", "1": "camera" }`. */
export type SlotMap = Readonly<Record<string, string>>;

/** What a person shows of themselves at this moment; travels from peer to peer over the data channel. */
export interface Presence {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
}

/** A stable code, and a sentence for people that says what is wrong and what to do. */
export interface Reason {
  code: string;
  message: string;
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

/** A remote member of the room. */
export interface PeerInfo {
  /** Names the peer in this room, and in every method and handler below. */
  id: string;
  name: string;
  meta: unknown;
  /**
   * The SHA-256 of the page's secret, random for each page load: the same id with another incarnation is another page.
   */
  incarnation: string;
  /** The wire protocol that the peer speaks with the host; `parley` for this module. */
  dialect: string;
  /** Its socket is lost; it may come back within the host's resume window. */
  away: boolean;
  /**
   * Its media goes to the host, which makes HLS of it: it is `connected` from the beginning, with the reason
   * `streams`, and never has a connection.
   */
  streams: boolean;
  /** Who it is, of which the host has seen proof: the subject of its token. Empty where it has none. */
  identity: string;
  /** It moderates the room. */
  moderator: boolean;
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
  /** Who may show a screen: of others there is no track of `screen` or `screen-sound`, and no presence of it. */
  share: Whom;
  /** Who may write in the chat. Which messages are chat is the application's to know, and to leave out those of others. */
  chat: Whom;
  /** At most so many people; 0 where the host's own limit is all there is. */
  members: number;
  /** When everybody has to leave, in milliseconds on the clock of `now`; null: never. */
  ends: number | null;
}

/** What is to be otherwise. */
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
  /** Names them in `moderate()`; not a member's id. */
  id: string;
  name: string;
  /** As {@link PeerInfo.identity}. */
  identity: string;
  /** The wire protocol of one who waits; empty of one who was removed. */
  dialect: string;
}

/** Outside the room, for who moderates it; empty for everybody else. */
export interface Lobby {
  /** They wait to be let in. */
  waiting: Guest[];
  /** They were removed, and may not come back. */
  removed: Guest[];
}

/** What one who moderates wants done. */
export interface Moderation {
  /**
   * `admit` or `refuse` one who waits or, without an `id`, all; `remove` a member; `allow` one who was removed to come back;
   * `ask` a member to close what `what` names; `appoint` a member a moderator; `resign`; change the `rules`; `end` the call
   * for everybody.
   */
  action: 'admit' | 'refuse' | 'remove' | 'allow' | 'ask' | 'appoint' | 'resign' | 'rules' | 'end';
  id?: string | null;
  what?: 'microphone' | 'camera' | 'screen' | null;
  rules?: RuleChange | null;
}

/** One change of one of a connection's states. */
export interface StateChange {
  /** Milliseconds, on the clock of `now`. */
  at: number;
  /**
   * The `RTCPeerConnection` attribute (`signalingState`, `iceGatheringState`, `iceConnectionState`,
   * `connectionState`), `dataChannel` (open, closed), `state` (a {@link LinkState}) or `repair` (ice-restart,
   * fresh-connection).
   */
  field: string;
  value: string;
}

/** A peer's whole connection state at one instant. */
export interface PeerSnapshot extends PeerInfo {
  state: LinkState;
  reason: Reason;
  /** The handle of its `RTCPeerConnection` of the moment; null of one that `streams`. */
  connectionId: number | null;
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
  /** Oldest first; the latest 64. */
  timeline: StateChange[];
}

export interface Snapshot {
  state: LinkState;
  reason: Reason;
  room: string;
  /** One's own id; empty before the host assigned one. */
  self: string;
  incarnation: string;
  /** Of the host's WebSocket. */
  signaling: 'idle' | 'connecting' | 'joining' | 'waiting-room' | 'joined' | 'waiting' | 'closed';
  /** This client moderates the room. */
  moderator: boolean;
  rules: RoomRules;
  lobby: Lobby;
  peers: PeerSnapshot[];
}

/**
 * One stay in one room.
 *
 * A handler may call the session back from within any of its methods. It is then told in turn: what follows is
 * performed after the call that the handler is in.
 */
export interface Session {
  // What the application wishes.

  /**
   * Opens the socket and joins; does nothing where that is under way. After `leave()`, joins again. A name that no host
   * takes is refused at once (`bad-room`, `bad-name`).
   */
  join(now: number): void;
  /** Says goodbye and closes the socket and every connection. */
  leave(now: number): void;
  /** Tells everybody another name or other metadata. What is `undefined` stays as it is. */
  update(now: number, change: { name?: string | null; meta?: unknown }): void;
  /** Opens a slot towards every peer, now and later. Opening one that is open does nothing. */
  openSlot(now: number, slot: Slot): void;
  /** Tells every peer, now and later, peer to peer. */
  setPresence(now: number, presence: Presence): void;
  /**
   * Sends a text to the peer `to` or, with `null`, to everybody: peer to peer, in order and exactly once, however
   * many connections that takes. `topic` tells the receiving application what it is. At most 65,536 bytes of UTF-8
   * (as JSON 262,000, where a control character is six), and 1,024 of the topic. Before the room is joined for the
   * first time it waits until then. What cannot be sent is reported through `errorRaised` (`message-too-big`,
   * `no-such-peer`, `no-channel` for a client of another protocol, `channel-full`, `not-joined` after `leave()` or a
   * refusal).
   */
  sendMessage(now: number, to: string | null | undefined, topic: string, text: string): void;
  /**
   * This person has compared what is shown for a peer with what the peer sees; `same`: all of it matched. Where there is
   * nothing to compare it is reported through `errorRaised` (`nothing-to-compare`, `no-such-peer`).
   */
  compared(now: number, peer: string, same: boolean): void;
  /** What `recallKey` asked for; empty where nothing is remembered. */
  keyRecalled(now: number, peer: string, key: string): void;
  /**
   * A newer token, for this stay and for joins to come. One that the host refuses is reported through `errorRaised`, and the
   * stay goes on with the one before.
   */
  renew(now: number, token: string): void;
  /**
   * For who moderates the room. What the host will not do is reported through `errorRaised` (`not-moderator`, `no-such-peer`,
   * `cannot-be-asked`; before the room is joined, `not-joined`).
   */
  moderate(now: number, wish: Moderation): void;
  /** Tries again at once: one peer that was lost or, with `null`, the socket and all that are not connected. */
  retry(now: number, peer: string | null | undefined): void;

  // What became of the WebSocket that `openSocket` asked for.

  socketOpened(now: number, socket: number): void;
  /** A text message. One above 1,048,576 UTF-16 units is not read. */
  socketMessage(now: number, socket: number, text: string): void;
  /** `code` (0 to 65,535) and `reason` of the CloseEvent. An error is followed by that event, so it alone is told. */
  socketClosed(now: number, socket: number, code: number, reason: string): void;

  // The browser and the clock.

  /** The network changed or came back (`online`): the socket is worth a look before the next timeout. */
  networkChanged(now: number): void;
  /** The instant of `wakeAt` has come. Earlier is harmless. */
  timeout(now: number): void;

  // What became of the RTCPeerConnection that `createPeer` asked for.

  /** Its `negotiationneeded` event. */
  negotiationNeeded(now: number, connection: number): void;
  /**
   * `setLocalDescription()` resolved: the `localDescription` as it is then. `slots` says which mid carries which
   * slot, of the transceivers that `addSlot` and `bindSlot` asked for.
   */
  localDescription(
    now: number,
    connection: number,
    type: 'offer' | 'answer',
    sdp: string,
    slots: SlotMap,
  ): void;
  /** It rejected; `error` is the DOMException's text. */
  localDescriptionFailed(now: number, connection: number, error: string): void;
  /** `setRemoteDescription()` resolved. */
  remoteDescriptionApplied(now: number, connection: number): void;
  /** It rejected. */
  remoteDescriptionFailed(now: number, connection: number, error: string): void;
  /**
   * Its `icecandidate` event, with an `RTCIceCandidate` or its `toJSON()`. An empty `candidate` ends the
   * generation's (RFC 8838, section 8.2); the event's `null` is not passed on.
   */
  localCandidate(now: number, connection: number, candidate: RTCIceCandidateInit): void;
  /** `addIceCandidate()` rejected. */
  candidateFailed(now: number, connection: number, error: string): void;
  signalingStateChanged(now: number, connection: number, state: RTCSignalingState): void;
  iceGatheringStateChanged(now: number, connection: number, state: RTCIceGatheringState): void;
  iceConnectionStateChanged(now: number, connection: number, state: RTCIceConnectionState): void;
  connectionStateChanged(now: number, connection: number, state: RTCPeerConnectionState): void;
  /** Its `track` event: the mid of the transceiver, the kind of the track. */
  trackAdded(now: number, connection: number, mid: string, kind: MediaKind): void;
  /**
   * The track of the transceiver with this mid carries something: sound has come in, or a whole picture. Of a foreign client
   * alone does anybody need to know. A video's `unmute` event does not tell: padding causes it, too.
   */
  trackFlows(now: number, connection: number, mid: string): void;

  // Its data channel.

  channelOpened(now: number, connection: number): void;
  channelClosed(now: number, connection: number): void;
  /** A text message. One above 1,048,576 UTF-16 units is not read. */
  channelMessage(now: number, connection: number, text: string): void;

  // The session itself.

  /** Everything there is to know at this moment. */
  snapshot(): Snapshot;
  /**
   * Frees all of it, but closes no socket and no connection: `leave()` does. From within a handler it takes effect
   * once all has been performed that had been decided by then.
   */
  delete(): void;
  isDeleted(): boolean;
}

/**
 * What to do, one method each; all are required, and are called in order, with the handler as `this`. What one
 * throws is reported as uncaught (`reportError`), and changes nothing for the session.
 */
export interface Handler {
  // The WebSocket.

  /** `new WebSocket(url, protocol)`, known as `socket` from now on. */
  openSocket(socket: number, url: string, protocol: string): void;
  sendSocket(socket: number, text: string): void;
  /** Its `close` event need not be told any more. */
  closeSocket(socket: number, code: number, reason: string): void;

  // RTCPeerConnection. Operations on one connection are performed in this order, one at a time.

  /**
   * `new RTCPeerConnection({ iceServers, bundlePolicy })`, known as `connection` from now on, with one data channel:
   * `{ negotiated: true, id: 0, ordered: true }`. Without a peer it is made ahead, for whoever comes next;
   * without `channel` it has no data channel. Where it cannot be made, `localDescriptionFailed()` says so.
   */
  createPeer(
    connection: number,
    peer: string,
    iceServers: RTCIceServer[],
    channel: boolean,
    bundlePolicy: 'balanced' | 'max-bundle',
  ): void;
  /** A connection that was made ahead is this peer's from now on. */
  assignPeer(connection: number, peer: string): void;
  /** `addTransceiver()` (sendrecv), with the slot's track where there is one, and remember it as the slot's. */
  addSlot(connection: number, slot: string, kind: MediaKind): void;
  /**
   * Use the transceiver with this mid, which the remote side opened, for our slot of that name: sendrecv, with
   * the slot's track. One that was added for the slot before and has no mid becomes inactive, not stopped:
   * Chromium would want to negotiate that for ever.
   */
  bindSlot(connection: number, slot: string, mid: string): void;
  /**
   * `setLocalDescription()` without an argument; then `localDescription()` or `localDescriptionFailed()`. Where it is
   * `provisional`, an answer that is set as a `pranswer` first, if the browser has such.
   */
  setLocalDescription(connection: number, provisional: boolean): void;
  /** `setRemoteDescription()`; then `remoteDescriptionApplied()` or `remoteDescriptionFailed()`. */
  setRemoteDescription(connection: number, description: RTCSessionDescriptionInit): void;
  /** `addIceCandidate()`; `candidateFailed()` where it rejects. */
  addCandidate(connection: number, candidate: RTCIceCandidateInit): void;
  /** `setConfiguration()` with these, whose credentials are newer; all else stays. */
  setIceServers(connection: number, iceServers: RTCIceServer[]): void;
  restartIce(connection: number): void;
  /** `close()`. Nothing about this connection needs to be told any more. */
  closePeer(connection: number): void;
  /** Sends on its data channel, which is open. */
  sendChannel(connection: number, text: string): void;

  // For the application.

  /**
   * The one state a user interface shows, and why: the host's link first, then the peer that is worst off. While a
   * moderator is asked to let this client in, it is `connecting` with the reason `waiting-room`. It is `lost` for good with
   * `removed`, `room-ended`, `room-locked`, `no-such-room`, `not-admitted`, `room-full` and those of tokens (`token-…`).
   */
  stateChanged(state: LinkState, reason: Reason): void;
  /** In the room, for the first time since `join()`. */
  joined(self: string, room: string): void;
  peerJoined(peer: PeerInfo): void;
  /** The peer as it is now: another name, other metadata, away or back. */
  peerUpdated(peer: PeerInfo): void;
  /** `reason`: left, timeout, replaced, closed, removed (parley.v1), `you-left`, or why this client may not stay. */
  peerLeft(peer: string, reason: string): void;
  /**
   * Of one that is `lost`, the reason is no-way, no-answer, dtls-failed, channel-closed, remote-description-failed or
   * local-description-failed.
   */
  peerStateChanged(peer: string, state: LinkState, reason: Reason): void;
  /** Any state of the peer's connection is another: its W3C states, its data channel, repairs of it. */
  peerTracked(peer: string, change: StateChange): void;
  /** Remote media: the receiver of the transceiver with this mid carries this slot of the peer, from now on. */
  trackStarted(peer: string, slot: string, kind: MediaKind, connection: number, mid: string): void;
  presenceChanged(peer: string, presence: Presence): void;
  /** Exactly once and in order, of each peer. */
  messageReceived(peer: string, topic: string, text: string): void;
  /** Until it is told, a peer's is `pending`. */
  verificationChanged(peer: string, verification: Verification): void;
  /** Look up which key this person has compared with whoever has this identity; then `keyRecalled()`. */
  recallKey(peer: string, identity: string): void;
  /** Remember this key (64 characters) for that; an empty one: forget it. */
  rememberKey(identity: string, key: string): void;
  /**
   * So many seconds are left of the token that lets this client in; it is told once, a minute before or as soon as less is
   * left. `renew()` prolongs the stay. Else it ends: `lost`, with the reason `token-expired`, and every connection is closed.
   */
  tokenEnds(seconds: number): void;
  /** Not told before the first change; until then there is no rule. */
  rulesChanged(rules: RoomRules): void;
  /** Whether this client moderates the room from now on. It does not before it is told so. */
  roleChanged(moderator: boolean): void;
  lobbyChanged(lobby: Lobby): void;
  /** A moderator asks this client to close its microphone, camera or screen. `by` is a member, or empty. */
  asked(what: 'microphone' | 'camera' | 'screen', by: string): void;
  /** Something went wrong; `peer` is empty where it concerns the whole session. */
  errorRaised(peer: string, reason: Reason): void;

  // The clock.

  /** Call `timeout()` at this instant (milliseconds, on the clock of `now`), instead of any told before; `null`: not at all. */
  wakeAt(at: number | null): void;
}

export interface DirectoryConfig {
  /** The host's WebSocket, `ws:` or `wss:`. */
  url: string;
  /** To be called by: 1 to 128 bytes of UTF-8 without control characters. */
  name: string;
  /** For others to see, likewise; the name by default. */
  id?: string | null;
  /**
   * 1 to 64 printable ASCII characters from a cryptographic source, random for each page load, which prove to the host who
   * is coming back. Made of the seed by default.
   */
  secret?: string | null;
  /** The secret of the page that was loaded in this tab before: its name is this one's as soon as its socket is lost. */
  former?: string | null;
  /** As {@link Config.token}. */
  token?: string | null;
  /** 64 random bits as two whole numbers from 0 to 2^32 - 1. */
  seed: ArrayLike<number>;
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
  /** outgoing and incoming while it rings. */
  state: 'idle' | 'outgoing' | 'incoming' | 'accepted';
  /** Whom it is, or was, with. */
  name: string;
  /** Empty while that is not known. */
  id: string;
  /** Once it is accepted: to be joined by a Session with one's own name as `peer`. */
  room: string;
  /**
   * How the last one ended: rejected, busy, cancelled, timed-out (it rang for 30 seconds), ended, offline, gone (the
   * other's connection was lost), too-many-rings (the message says how long to wait), failed (the host lost the call, or would not have it).
   */
  reason: Reason;
}

export interface DirectorySnapshot {
  state: LinkState;
  reason: Reason;
  name: string;
  id: string;
  /** Of the host's WebSocket. */
  signaling: 'idle' | 'connecting' | 'joining' | 'joined' | 'waiting' | 'closed';
  users: User[];
  call: Call;
}

/** Online under a name: who else is, and calls between two. It may be called back from within its handler, as a session may. */
export interface Directory {
  /** Opens the socket and registers; does nothing where that is under way. After `leave()`, or a `name-taken`, again. */
  register(now: number): void;
  /** Ends the call, goes offline and closes the socket. */
  leave(now: number): void;
  /**
   * Calls somebody. Who is calling just now is answered. While there is no socket, it rings once there is one. What
   * cannot be done is reported through `errorRaised` (`not-registered`, `in-a-call`, `bad-field`).
   */
  dial(now: number, name: string): void;
  /** Answers the incoming call: it is accepted once `callChanged` says so. */
  accept(now: number): void;
  /** Declines the incoming call. */
  reject(now: number): void;
  /** Gives up, declines or ends the call, as it stands. */
  hangUp(now: number): void;
  /** As {@link Session.renew}. */
  renew(now: number, token: string): void;
  /** Tries again at once, if the host is not connected. */
  retry(now: number): void;

  socketOpened(now: number, socket: number): void;
  /** A text message. One above 1,048,576 UTF-16 units is not read. */
  socketMessage(now: number, socket: number, text: string): void;
  socketClosed(now: number, socket: number, code: number, reason: string): void;
  /** The network changed or came back (`online`): the socket is worth a look before the next timeout. */
  networkChanged(now: number): void;
  /** The instant of `wakeAt` has come. Earlier is harmless. */
  timeout(now: number): void;

  /** Everything there is to know at this moment. */
  snapshot(): DirectorySnapshot;
  /** Frees all of it, but closes no socket: `leave()` does. */
  delete(): void;
  isDeleted(): boolean;
}

/** What to do, one method each, as for a {@link Handler}. */
export interface DirectoryHandler {
  /** `new WebSocket(url, protocol)`, known as `socket` from now on. */
  openSocket(socket: number, url: string, protocol: string): void;
  sendSocket(socket: number, text: string): void;
  /** Its `close` event need not be told any more. */
  closeSocket(socket: number, code: number, reason: string): void;
  /** `lost`, with `name-taken` for instance, means that only `register()` tries again. */
  stateChanged(state: LinkState, reason: Reason): void;
  /** Everybody else who is online, whenever that is another list. */
  usersChanged(users: User[]): void;
  callChanged(call: Call): void;
  /** As of a {@link Handler}; the end takes this client offline. */
  tokenEnds(seconds: number): void;
  /** Something went wrong; `name` says with whom, where it is about somebody. */
  errorRaised(name: string, reason: Reason): void;
  /** Call `timeout()` at this instant, instead of any told before; `null`: not at all. */
  wakeAt(at: number | null): void;
}
