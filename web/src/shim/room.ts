import type { Handler, LinkState, Presence, Reason, Session, Slot, Snapshot } from 'parley-core';
import type { Peer, RoomEvents, RoomOptions, TypedEventTarget } from '../../types/parley.js';
import { Connection } from './connection.js';
import { Driver, hostAddress, randomSeed } from './driver.js';
import { takeOver, type HeadStart } from './head-start.js';
import { newSecret } from './page-secret.js';
import { RoomPeer } from './peer.js';
import { openSocket } from './socket.js';

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
  readonly #tracks = new Map<string, MediaStreamTrack | null>();
  readonly #openSlots: Set<string>;
  readonly #peers = new Map<string, RoomPeer>();
  readonly #connections = new Map<number, Connection>();
  readonly #driver: Driver<Session>;
  /** Until the core has asked for what it holds. */
  #headStart: Partial<HeadStart> = {};
  #presence: Presence = { microphone: false, camera: false, screen: false };
  #state: LinkState = 'connecting';
  #reason: Reason = { code: 'idle', message: 'Not joined yet.' };
  #self: string | null = null;

  constructor(options: RoomOptions) {
    super();
    this.#options = options;
    this.#url = hostAddress(options.url);
    this.#openSlots = new Set(this.#slots().map((slot) => slot.name));
    this.#driver = new Driver<Session>({
      create: (module) => {
        const { room, name = '', meta = {}, peer, token, iceServers = [] } = options;
        const [slots, seed] = [this.#slots(), randomSeed()];
        const { secret, former } = newSecret('room', this.#url, room, peer ?? '');
        return new module.Session(
          { url: this.#url, room, name, meta, peer, token, iceServers, slots, secret, former, seed },
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

  /** Connects and joins. What goes wrong is told by `state` and `error` events. */
  join(): void {
    this.#driver.listen();
    if (!this.#driver.core && !this.#headStart.socket) {
      this.#headStart = takeOver(this.#url);
    }
    this.#driver.tell((session) => session.join(performance.now()));
  }

  /** Says goodbye and closes every connection. `join` comes back. */
  leave(): void {
    this.#driver.rest();
    this.#headStart.socket?.close(1000, 'left');
    this.#headStart.connection?.close();
    this.#headStart = {};
    this.#driver.tell((session) => session.leave(performance.now()));
  }

  /**
   * What goes out in a slot from now on; null is nothing. A slot that is new is opened towards everyone. Presence
   * follows: whoever mutes by other means than the track says so with `setPresence`.
   */
  setTrack(slot: string, track: MediaStreamTrack | null): void {
    this.#tracks.set(slot, track);
    if (track && !this.#openSlots.has(slot)) {
      this.#openSlots.add(slot);
      const kind = track.kind as Slot['kind'];
      this.#driver.tell((session) => session.openSlot(performance.now(), { name: slot, kind }));
    }
    for (const connection of this.#connections.values()) connection.trackChanged(slot);
    if (slot in this.#presence) this.setPresence({ [slot]: track?.enabled ?? false });
  }

  setPresence(change: Partial<Presence>): void {
    this.#presence = { ...this.#presence, ...change };
    const presence = this.#presence;
    this.#driver.tell((session) => session.setPresence(performance.now(), presence));
  }

  /** Changes what the others see of us. */
  update(change: { name?: string; meta?: unknown }): void {
    this.#driver.tell((session) => session.update(performance.now(), change));
  }

  /** Peer to peer, exactly once and in order: to one peer, or to everybody here. At most 65,536 bytes. */
  send(topic: string, text: string, to?: string): void {
    this.#driver.tell((session) => session.sendMessage(performance.now(), to ?? null, topic, text));
  }

  /** Tries again now: one peer that was lost, or the host and everybody. */
  retry(peer?: string): void {
    this.#driver.tell((session) => session.retry(performance.now(), peer ?? null));
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
      signaling: 'idle',
      peers: [],
    };
  }

  #slots(): Slot[] {
    return (
      this.#options.slots ?? [
        { name: 'microphone', kind: 'audio' },
        { name: 'camera', kind: 'video' },
      ]
    );
  }

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

      createPeer: (id, peer, iceServers, channel) => this.#createPeer(id, peer, iceServers, channel),
      assignPeer: (id, peer) => this.#assignPeer(id, peer),
      addSlot: (id, slot, kind) => on(id)?.addSlot(slot, kind),
      bindSlot: (id, slot, mid) => on(id)?.bindSlot(slot, mid),
      setLocalDescription: (id, provisional) => on(id)?.setLocalDescription(provisional),
      setRemoteDescription: (id, description) => on(id)?.setRemoteDescription(description),
      addCandidate: (id, candidate) => on(id)?.addCandidate(candidate),
      restartIce: (id) => on(id)?.restartIce(),
      closePeer: (id) => {
        on(id)?.close();
        this.#connections.delete(id);
      },
      sendChannel: (id, text) => on(id)?.send(text),

      stateChanged: (state, reason) => {
        this.#state = state;
        this.#reason = reason;
        this.#emit('state', { state, reason });
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
      errorRaised: (id, { code, message }) =>
        this.#emit('error', { peer: this.#peers.get(id) ?? null, code, message }),
    };
  }

  #createPeer(id: number, peer: string, iceServers: RTCIceServer[], channel: boolean): void {
    const configuration: RTCConfiguration = { iceServers, bundlePolicy: 'max-bundle' };
    const begun = this.#headStart.connection;
    delete this.#headStart.connection;
    begun?.setConfiguration(configuration);
    const pc = begun ?? new RTCPeerConnection(configuration);
    this.#connections.set(id, new Connection(id, this.#driver.core!, this.#tracks, pc, channel));
    this.#assignPeer(id, peer);
  }

  #assignPeer(id: number, peer: string): void {
    this.#withPeer(peer, (found) => {
      found.connection = this.#connections.get(id) ?? null;
    });
  }
}
