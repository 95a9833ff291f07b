// The built WebAssembly module under Node.js, and a small world for its sessions to live in: a host that relays,
// connections that always come up. Nothing here waits: a world is settled when nobody has anything to say.

import { readFileSync } from 'node:fs';
import createParley from '../../build/wasm/wasm/parley.js';

export const folder = new URL('../../build/wasm/wasm/', import.meta.url);

/** A fresh instance: its own memory. */
export function load() {
  return createParley({ wasmBinary: readFileSync(new URL('parley.wasm', folder)) });
}

export const handlerMethods = [
  'openSocket',
  'sendSocket',
  'closeSocket',
  'createPeer',
  'assignPeer',
  'addSlot',
  'bindSlot',
  'setLocalDescription',
  'setRemoteDescription',
  'addCandidate',
  'setIceServers',
  'restartIce',
  'closePeer',
  'sendChannel',
  'stateChanged',
  'joined',
  'peerJoined',
  'peerUpdated',
  'peerLeft',
  'peerStateChanged',
  'peerTracked',
  'trackStarted',
  'presenceChanged',
  'messageReceived',
  'verificationChanged',
  'recallKey',
  'rememberKey',
  'tokenEnds',
  'rulesChanged',
  'roleChanged',
  'lobbyChanged',
  'asked',
  'errorRaised',
  'wakeAt',
];

export const directoryHandlerMethods = [
  'openSocket',
  'sendSocket',
  'closeSocket',
  'stateChanged',
  'usersChanged',
  'callChanged',
  'tokenEnds',
  'errorRaised',
  'wakeAt',
];

/** What is of the right type for few arguments, or for none. */
export const wrongValues = [
  undefined,
  null,
  true,
  -1,
  0.5,
  NaN,
  Infinity,
  2 ** 53,
  10n,
  'nonsense',
  Symbol('s'),
  [],
  {},
  () => 1,
  new Proxy({}, { get: () => Symbol('p') }),
];

/** A handler with all methods, each of which calls `heard(name, arguments)`. */
export function handlerOf(heard, methods = handlerMethods) {
  return Object.fromEntries(methods.map((name) => [name, (...args) => heard(name, args)]));
}

export function config(more = {}) {
  return { url: 'ws://localhost/ws', room: 'blue-otter', seed: [1, 2], ...more };
}

/** Random numbers that are the same in every run. */
export function randomFrom(seed) {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

/** A description of realistic size: `lines` lines of what a browser writes. */
export function sdp(ufrag, lines = 4) {
  const line = 'a=rtpmap:111 opus/48000/2;minptime=10;useinbandfec=1\r\n';
  return `v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\na=ice-ufrag:${ufrag}\r\na=fingerprint:sha-256 AB:CD\r\n${line.repeat(lines)}`;
}

export class World {
  now = 0;
  members = new Map();
  #tasks = [];
  #ids = 0;

  constructor(module) {
    this.module = module;
  }

  later(task) {
    this.#tasks.push(task);
  }

  /** Until nobody has anything left to say. */
  settle() {
    for (let task; (task = this.#tasks.shift());) task();
  }

  /** Somebody who is not in the room yet. */
  member(more = {}) {
    return new Member(this, `peer-${++this.#ids}`, more);
  }
}

/** A session with its connections, and its place with the host. */
class Member {
  calls = [];
  connections = new Map();
  #sequence = 0;
  #heard = 0;
  #ufrags = 0;

  constructor(world, id, more) {
    this.world = world;
    this.id = id;
    this.identity = more.identity ?? '';
    const handler = handlerOf((name, args) => {
      this.calls.push([name, ...args]);
      this[`on_${name}`]?.(...args);
    });
    const seed = [id.length, world.members.size + 1];
    const slots = [{ name: 'camera', kind: 'video' }];
    const entropy = `${id}: what nobody else knows, in this world`;
    this.session = new world.module.Session(config({ seed, slots, entropy, ...more }), handler);
  }

  /** What the session is told later, unless it is gone by then. */
  tell(method, ...args) {
    this.world.later(() => {
      if (!this.session.isDeleted()) this.session[method](++this.world.now, ...args);
    });
  }

  called(name) {
    return this.calls.filter(([called]) => called === name);
  }

  join() {
    this.session.join(++this.world.now);
    this.world.settle();
    return this;
  }

  leave() {
    this.session.leave(++this.world.now);
    this.world.settle();
  }

  // The host.

  hear(message) {
    this.tell('socketMessage', this.socket, JSON.stringify(message));
  }

  event(message) {
    this.hear({ ...message, seq: ++this.#sequence, ack: this.#heard });
  }

  describe() {
    return {
      id: this.id,
      name: this.id,
      meta: {},
      incarnation: `page-${this.id}`,
      dialect: 'parley',
      away: false,
      identity: this.identity,
    };
  }

  on_openSocket(socket) {
    this.socket = socket;
    this.tell('socketOpened', socket);
  }

  on_sendSocket(socket, text) {
    const { members } = this.world;
    const message = JSON.parse(text);
    this.#heard = message.seq ?? 0;
    if (message.type === 'join') {
      const peers = [...members.values()].map((member) => member.describe());
      for (const member of members.values()) member.event({ type: 'peer-joined', peer: this.describe() });
      members.set(this.id, this);
      this.#sequence = 0;
      this.hear({ type: 'joined', room: message.room, self: this.id, session: 's', resumed: false, peers });
    } else if (message.type === 'signal') {
      members.get(message.to)?.event({ ...message, to: undefined, from: this.id });
    } else if (message.type === 'leave') {
      members.delete(this.id);
      for (const member of members.values()) member.event({ type: 'peer-left', id: this.id, reason: 'left' });
    }
  }

  // The connections.

  on_createPeer(id, peer) {
    this.connections.set(id, { peer, slots: {}, offered: false });
  }

  on_assignPeer(id, peer) {
    this.connections.get(id).peer = peer;
  }

  on_addSlot(id, slot) {
    const { slots } = this.connections.get(id);
    slots[Object.keys(slots).length] = slot;
    this.tell('negotiationNeeded', id);
  }

  on_bindSlot(id, slot, mid) {
    this.connections.get(id).slots[mid] = slot;
  }

  on_setLocalDescription(id) {
    const connection = this.connections.get(id);
    const type = connection.offered ? 'answer' : 'offer';
    const ufrag = `u${++this.#ufrags}`;
    this.tell('localDescription', id, type, sdp(ufrag), connection.slots);
    const line = 'candidate:1 1 udp 2122260223 192.0.2.1 9 typ host';
    this.tell('localCandidate', id, {
      candidate: line,
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: ufrag,
    });
  }

  on_setRemoteDescription(id, { type }) {
    this.connections.get(id).offered = type === 'offer';
    this.tell('remoteDescriptionApplied', id);
    this.tell('trackAdded', id, '0', 'video');
    if (type === 'answer') this.#connected(id);
  }

  on_closePeer(id) {
    this.connections.delete(id);
  }

  /** Both ends at once: nothing is sent to a channel that is not open. */
  #connected(id) {
    const [other, theirs] = this.#otherEnd(id);
    for (const [member, connection] of [
      [this, id],
      [other, theirs],
    ]) {
      member.tell('iceConnectionStateChanged', connection, 'connected');
      member.tell('connectionStateChanged', connection, 'connected');
      member.tell('channelOpened', connection);
    }
  }

  on_sendChannel(id, text) {
    const [other, theirs] = this.#otherEnd(id);
    other?.tell('channelMessage', theirs, text);
  }

  #otherEnd(id) {
    const other = this.world.members.get(this.connections.get(id).peer);
    for (const [theirs, { peer }] of other?.connections ?? []) {
      if (peer === this.id) return [other, theirs];
    }
    return [];
  }
}
