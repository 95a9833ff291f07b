import type {
  Handler,
  LinkState,
  Lobby,
  Moderation,
  Presence,
  Reason,
  RoomRules,
  RuleChange,
  Session,
  Slot,
  Snapshot,
} from 'parley-core';
import type {
  Invitation,
  InvitationOptions,
  Peer,
  RoomEvents,
  RoomOptions,
  TypedEventTarget,
} from '../../types/parley.js';
import { Connection } from './connection.js';
import { Driver, attempt, hostAddress, randomSeed } from './driver.js';
import { checkTrack } from './check-track.js';
import { claimIn } from './claims.js';
import { startedAs, takeOver, type HeadStart } from './head-start.js';
import { Invitations } from './invitations.js';
import { keptCertificate } from './kept-certificate.js';
import { KeptKeys } from './kept-keys.js';
import { newSecret, randomHex } from './page-secret.js';
import { RoomPeer } from './peer.js';
import { openSocket } from './socket.js';

type Change = Parameters<Session['update']>[1];

const usualSlots: Slot[] = [
  { name: 'microphone', kind: 'audio' },
  { name: 'camera', kind: 'video' },
];

/** What the strings that people compare are made of. */
const entropyBytes = 32;

/** An application that stops a track itself gets no event for it (Media Capture and Streams, MediaStreamTrack.stop). */
const endWatchMs = 1000;

/** Those of a room that nobody moderates. */
const noRules: RoomRules = {
  private: false,
  locked: false,
  waitingRoom: false,
  share: 'everybody',
  chat: 'everybody',
  members: 0,
  ends: null,
};
const nobody: Lobby = { waiting: [], removed: [] };

const notJoined = 'You are not in the room, so the message was not sent. Join first.';

/**
 * One stay in one room: the core, driven by this browser's WebSocket, RTCPeerConnection and timers.
 *
 *     const room = new Room({ room: 'blue-otter', name: 'Ada' });
 *     room.addEventListener('track', ({ detail: { track } }) => { … });
 *     room.join();
 *     room.setTrack('camera', (await navigator.mediaDevices.getUserMedia({ video: true })).getVideoTracks()[0]);
 *
 * Joining does not wait for the camera: connections are made at once, and tracks put in when they are there.
 */
export class Room extends (EventTarget as new () => TypedEventTarget<RoomEvents>) {
  readonly #options: RoomOptions;
  readonly #url: string;
  readonly #invitations: Invitations;
  #token: string | undefined;
  readonly #tracks = new Map<string, MediaStreamTrack | null>();
  readonly #kinds: Map<string, Slot['kind']>;
  readonly #peers = new Map<string, RoomPeer>();
  readonly #connections = new Map<number, Connection>();
  readonly #driver: Driver<Session>;
  #endWatch: ReturnType<typeof setInterval> | undefined;
  /** Until the core has asked for what it holds. */
  #headStart: Partial<HeadStart> = {};
  /** Of one who has an identity. */
  #certificate: RTCCertificate | undefined;
  #keys = new KeptKeys('', '');
  #presence: Presence = { microphone: false, camera: false, screen: false };
  #changes: Change = {};
  /** Said before join(). */
  #unsent: ((session: Session) => void)[] = [];
  #state: LinkState = 'connecting';
  #reason: Reason = { code: 'idle', message: 'Not joined yet.' };
  #self: string | null = null;
  #moderator = false;
  #rules = noRules;
  #lobby = nobody;

  constructor(options: RoomOptions) {
    super();
    this.#options = options;
    this.#url = hostAddress(options.url);
    this.#invitations = new Invitations(this.#url, options.room);
    this.#token = options.token;
    this.#kinds = new Map((options.slots ?? usualSlots).map(({ name, kind }) => [name, kind]));
    this.#driver = new Driver<Session>({
      create: (module) => {
        const { room, name = '', meta = {}, peer, iceServers = [] } = options;
        const token = this.#token;
        const slots = Array.from(this.#kinds, ([name, kind]) => ({ name, kind }));
        const seed = randomSeed();
        const { secret, former } = newSecret('room', this.#url, room, peer ?? '');
        const entropy = randomHex(entropyBytes);
        return new module.Session(
          { url: this.#url, room, name, meta, peer, token, iceServers, slots, secret, former, entropy, seed },
          this.#handler(),
        );
      },
      failed: (message) => this.#emit('error', { peer: null, code: 'core-failed', message }),
      left: () => this.leave(),
      connect: (url, protocol) => {
        const socket = this.#headStart.socket ?? openSocket(url, protocol);
        delete this.#headStart.socket;
        return socket;
      },
    });
  }

  get state(): LinkState {
    return this.#state;
  }
  get reason(): Reason {
    return this.#reason;
  }
  /** Our id in the room; null before the host said it. */
  get self(): string | null {
    return this.#self;
  }
  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  /** Whether this client moderates the room. */
  get moderator(): boolean {
    return this.#moderator;
  }
  get rules(): RoomRules {
    return this.#rules;
  }
  /** Who is outside, for who moderates. */
  get lobby(): Lobby {
    return this.#lobby;
  }

  /** Connects and joins. What goes wrong is told by `state` and `error` events. */
  join(): void {
    if (this.#driver.core) return this.#driver.core.join(performance.now());
    if (!this.#headStart.socket) this.#headStart = takeOver(this.#url);
    this.#driver.start((session) => {
      const now = performance.now();
      attempt(() => session.setPresence(now, this.#presence));
      attempt(() => session.update(now, this.#changes));
      session.join(now);
    }, this.#recallSelf());
    for (const track of this.#tracks.values()) track?.addEventListener('ended', this.#emptyEnded);
    this.#emptyEnded();
    clearInterval(this.#endWatch);
    this.#endWatch = setInterval(this.#emptyEnded, endWatchMs);
    for (const send of this.#unsent.splice(0)) this.#driver.tell(send);
  }

  /** Who has an identity has a key that others recognise; nobody else waits for anything. */
  #recallSelf(): Promise<void> | undefined {
    const identity = claimIn(this.#token ?? '', 'sub');
    const host = new URL(this.#url).origin;
    this.#keys = new KeptKeys(host, identity);
    this.#certificate = undefined;
    if (!identity) return undefined;
    return keptCertificate(host, identity).then((certificate) => {
      this.#certificate = certificate;
    });
  }

  /** Says goodbye and closes every connection. `join` comes back. */
  leave(): void {
    this.#unsent = [];
    if (this.#driver.core) this.#driver.core.leave(performance.now());
    else this.#rest();
  }

  /**
   * What goes out in a slot from now on; null is nothing, and so is a track that has ended. A slot that is new is opened
   * towards everyone. Presence follows: whoever mutes by other means than the track says so with `setPresence`. Throws a
   * `TypeError` for what no slot can send.
   */
  setTrack(slot: string, track: MediaStreamTrack | null): void {
    checkTrack(slot, track, this.#kinds.get(slot));
    const former = this.#tracks.get(slot);
    this.#tracks.set(slot, track);
    if (former !== track && ![...this.#tracks.values()].includes(former ?? null))
      former?.removeEventListener('ended', this.#emptyEnded);
    if (this.#driver.active) track?.addEventListener('ended', this.#emptyEnded);
    if (track && !this.#kinds.has(slot)) {
      const kind = track.kind as Slot['kind'];
      this.#kinds.set(slot, kind);
      this.#driver.core?.openSlot(performance.now(), { name: slot, kind });
    }
    for (const connection of this.#connections.values()) connection.trackChanged(slot);
    if (slot in this.#presence) this.setPresence({ [slot]: track?.enabled ?? false });
  }

  setPresence(change: Partial<Presence>): void {
    const presence = { ...this.#presence, ...change };
    this.#driver.core?.setPresence(performance.now(), presence);
    this.#presence = presence;
  }

  /** Changes what the others see of us. */
  update(change: { name?: string; meta?: unknown }): void {
    this.#driver.core?.update(performance.now(), change);
    this.#changes = { ...this.#changes, ...change };
  }

  /**
   * Peer to peer, exactly once and in order: to one peer, or to everybody here. At most 65,536 bytes. What is said before
   * the room is joined goes out once it is.
   */
  send(topic: string, text: string, to?: string): void {
    const send = (session: Session) => session.sendMessage(performance.now(), to ?? null, topic, text);
    if (this.#driver.tell(send)) return;
    if (this.#state === 'connecting') this.#unsent.push(send);
    else this.#emit('error', { peer: null, code: 'not-joined', message: notJoined });
  }

  /** This person has compared a peer's `verification` with what the peer sees, and it is the same. */
  markVerified(peer: string): void {
    this.#compared(peer, true);
  }
  /** Likewise, and it is different. */
  markDifferent(peer: string): void {
    this.#compared(peer, false);
  }

  #compared(peer: string, same: boolean): void {
    if (this.#driver.tell((session) => session.compared(performance.now(), peer, same))) return;
    this.#emit('error', { peer: null, code: 'not-joined', message: 'You are not in the room. Join first.' });
  }

  /** A newer token, for this stay and for joining again. */
  renew(token: string): void {
    this.#driver.core?.renew(performance.now(), token);
    this.#token = token;
  }

  // What moderators do. The host decides, and tells everybody; what it will not do is an `error`.

  /** Lets in one who waits, or all. */
  admit(id?: string): void {
    this.#moderate({ action: 'admit', id });
  }
  /** Sends one who waits away, or all. */
  refuse(id?: string): void {
    this.#moderate({ action: 'refuse', id });
  }
  /** Takes a member out, who cannot come back before it is allowed to. */
  remove(peer: string): void {
    this.#moderate({ action: 'remove', id: peer });
  }
  /** Who was removed may come back. */
  allow(id: string): void {
    this.#moderate({ action: 'allow', id });
  }
  /** Asks a member to close its microphone, its camera or its screen. */
  ask(peer: string, what: keyof Presence): void {
    this.#moderate({ action: 'ask', id: peer, what });
  }
  appoint(peer: string): void {
    this.#moderate({ action: 'appoint', id: peer });
  }
  resign(): void {
    this.#moderate({ action: 'resign' });
  }
  /** What is not given stays as it is. */
  setRules(change: RuleChange): void {
    this.#moderate({ action: 'rules', rules: change });
  }
  /** Ends the call for everybody. */
  end(): void {
    this.#moderate({ action: 'end' });
  }

  #moderate(wish: Moderation): void {
    if (this.#driver.tell((session) => session.moderate(performance.now(), wish))) return;
    this.#emit('error', { peer: null, code: 'not-joined', message: 'You are not in the room. Join first.' });
  }

  /** A link into this room, which the host makes for who moderates it. */
  invite(options: InvitationOptions = {}): Promise<Invitation> {
    return this.#invitations.make(this.#token, options);
  }

  /** No link that was made before lets anybody in any more. */
  withdrawInvitations(): Promise<void> {
    return this.#invitations.withdraw(this.#token);
  }

  /** Tries again now: one peer that was lost, or the host and everybody. */
  retry(peer?: string): void {
    const told = this.#driver.tell((session) => session.retry(performance.now(), peer ?? null));
    if (!told && this.#state === 'lost') this.join();
  }

  /** Every state of every connection, with its timeline. */
  snapshot(): Snapshot {
    if (this.#driver.core) return this.#driver.core.snapshot();
    const { room } = this.#options;
    return {
      state: this.#state,
      reason: this.#reason,
      room,
      self: '',
      incarnation: '',
      signaling: this.#state === 'lost' ? 'closed' : 'idle',
      moderator: this.#moderator,
      rules: this.#rules,
      lobby: this.#lobby,
      peers: [],
    };
  }

  /** The host will not have us, or no longer. With those who are connected it goes on all the same. */
  #restIfOver(): void {
    if (this.#state !== 'lost' || this.#connections.size > 0) return;
    if (this.#driver.core?.snapshot().signaling === 'closed') this.#rest();
  }

  /** There is no stay any more: all that it held is let go of. */
  #rest(): void {
    this.#headStart.socket?.close(1000, 'left');
    this.#headStart.connection?.close();
    this.#headStart = {};
    for (const track of this.#tracks.values()) track?.removeEventListener('ended', this.#emptyEnded);
    clearInterval(this.#endWatch);
    this.#driver.release();
  }

  /** Nobody is told of a share that its person has ended but the track. */
  readonly #emptyEnded = (): void => {
    for (const [slot, track] of this.#tracks) if (track?.readyState === 'ended') this.setTrack(slot, null);
  };

  #emit<Name extends keyof RoomEvents>(name: Name, detail: RoomEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #withPeer(id: string, action: (peer: RoomPeer) => void): void {
    const peer = this.#peers.get(id);
    if (peer) action(peer);
  }

  /** What the core says, done. */
  #handler(): Handler {
    const on = (id: number) => this.#connections.get(id);
    return {
      ...this.#driver.handler,

      createPeer: (id, peer, iceServers, channel, bundlePolicy) =>
        this.#createPeer(id, peer, { iceServers, bundlePolicy }, channel),
      assignPeer: (id, peer) => this.#assignPeer(id, peer),
      addSlot: (id, slot, kind) => on(id)?.addSlot(slot, kind),
      bindSlot: (id, slot, mid) => on(id)?.bindSlot(slot, mid),
      setLocalDescription: (id, provisional) => on(id)?.setLocalDescription(provisional),
      setRemoteDescription: (id, description) => on(id)?.setRemoteDescription(description),
      addCandidate: (id, candidate) => on(id)?.addCandidate(candidate),
      setIceServers: (id, iceServers) => on(id)?.setIceServers(iceServers),
      restartIce: (id) => on(id)?.restartIce(),
      closePeer: (id) => {
        on(id)?.close();
        this.#connections.delete(id);
        this.#restIfOver();
      },
      sendChannel: (id, text) => on(id)?.send(text),

      stateChanged: (state, reason) => {
        this.#state = state;
        this.#reason = reason;
        this.#emit('state', { state, reason });
        this.#restIfOver();
      },
      joined: (self, room) => {
        this.#self = self;
        this.#emit('joined', { self, room });
      },
      peerJoined: (info) => {
        // Its connection may have been asked for just before.
        const peer = new RoomPeer(info, this.#url);
        this.#peers.set(info.id, peer);
        this.#emit('peer-joined', { peer });
      },
      peerUpdated: (info) =>
        this.#withPeer(info.id, (peer) => {
          peer.update(info);
          this.#emit('peer-updated', { peer });
        }),
      peerLeft: (id, reason) =>
        this.#withPeer(id, (peer) => {
          this.#peers.delete(id);
          this.#emit('peer-left', { peer, reason });
        }),
      peerStateChanged: (id, state, reason) =>
        this.#withPeer(id, (peer) => {
          peer.state = state;
          peer.reason = reason;
          this.#emit('peer-state', { peer, state, reason });
        }),
      peerTracked: (id, change) =>
        this.#withPeer(id, (peer) => this.#emit('peer-tracked', { peer, ...change })),
      trackStarted: (id, slot, _kind, connection, mid) =>
        this.#withPeer(id, (peer) => {
          const track = on(connection)?.remoteTrack(mid);
          if (!track) return;
          peer.tracks.set(slot, track);
          this.#emit('track', { peer, slot, track });
        }),
      presenceChanged: (id, presence) =>
        this.#withPeer(id, (peer) => {
          peer.presence = presence;
          this.#emit('presence', { peer, presence });
        }),
      messageReceived: (id, topic, text) =>
        this.#withPeer(id, (peer) => this.#emit('message', { peer, topic, text })),
      verificationChanged: (id, verification) =>
        this.#withPeer(id, (peer) => {
          peer.verification = verification;
          this.#emit('verification', { peer, verification });
        }),
      recallKey: (id, identity) =>
        this.#driver.core?.keyRecalled(performance.now(), id, this.#keys.recall(identity)),
      rememberKey: (identity, key) => this.#keys.remember(identity, key),
      tokenEnds: (seconds) => this.#emit('token-ends', { seconds }),
      rulesChanged: (rules) => {
        this.#rules = rules;
        this.#emit('rules', { rules });
      },
      roleChanged: (moderator) => {
        this.#moderator = moderator;
        this.#emit('role', { moderator });
      },
      lobbyChanged: (lobby) => {
        this.#lobby = lobby;
        this.#emit('lobby', lobby);
      },
      asked: (what, by) => this.#emit('asked', { what, by: this.#peers.get(by) ?? null }),
      errorRaised: (id, { code, message }) =>
        this.#emit('error', { peer: this.#peers.get(id) ?? null, code, message }),
    };
  }

  #createPeer(id: number, peer: string, configuration: RTCConfiguration, channel: boolean): void {
    const session = this.#driver.core;
    if (!session) return;
    const begun = this.#headStart.connection;
    if (this.#certificate) configuration.certificates = [this.#certificate];
    delete this.#headStart.connection;
    try {
      const pc = startedAs(configuration, begun) ?? new RTCPeerConnection(configuration);
      this.#connections.set(id, new Connection(id, session, this.#tracks, pc, channel));
      this.#assignPeer(id, peer);
    } catch (error) {
      begun?.close();
      session.localDescriptionFailed(performance.now(), id, String(error));
    }
  }

  #assignPeer(id: number, peer: string): void {
    this.#withPeer(peer, (found) => {
      found.connection = this.#connections.get(id) ?? null;
    });
  }
}
