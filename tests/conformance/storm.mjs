// Thousands of clients of one dialect each, that come back when they are told to. They are lean: of what they hear
// they keep what returning needs, and the last list of users. For socketio this is a client that speaks Engine.IO
// over its WebSocket alone; the stock one would need seconds for a thousand.
import WebSocket from 'ws';

const json = JSON.stringify;

/** `says` what brings a client in, once it is connected or has been asked; `welcome` is how the answer begins. */
const kinds = {
  parley: {
    path: () => '/ws',
    protocol: 'parley.v1',
    hello: ({ room, id, secret, session, ack }) =>
      json({ type: 'join', room, peer: id, secret, ...(session && { resume: { session, ack } }) }),
    welcome: '{"type":"joined"',
    hear(client, text) {
      const seq = /^\{"type":"[a-z-]+","seq":(\d+)/.exec(text);
      if (seq) client.ack = Number(seq[1]);
      if (!text.startsWith(this.welcome)) return;
      const { self, session, resumed } = JSON.parse(text);
      if (!resumed) client.ack = 0;
      Object.assign(client, { self, session, resumed });
    },
  },
  sim: {
    path: ({ room }) => `/${room}`,
    hello: ({ room }) => json({ type: 'join', simNumber: room }),
    welcome: '{"type":"joined"',
  },
  serverpod: {
    path: () => '/webrtc',
    hello: ({ room, id }) => json({ action: 'join', roomId: room, sessionId: id }),
    welcome: '{"type":"peers_list"',
  },
  socketio: {
    path: () => '/socket.io/?EIO=4&transport=websocket',
    welcome: '42["room_joined"',
    hear({ room, id, socket }, text) {
      if (text.startsWith('0')) socket.send('40');
      if (text.startsWith('40')) socket.send(`42${json(['join_room', { room, user_id: id }])}`);
      if (text === '2') socket.send('3');
    },
  },
  calls: {
    path: ({ room, query = `?room=${room}` }) => `/${query}`,
    hello: ({ id }) => json({ type: 'register', username: id, user_id: `${id}-uuid` }),
    welcome: '{"type":"registered"',
    hear(client, text) {
      if (!text.startsWith('{"type":"online_users"')) return;
      client.list = text;
      client.tell?.();
    },
  },
  fastapi: {
    path: ({ room, id }) => `/webrtc/signaling/${room}/${id}`,
    welcome: '{"type":"existing_peers"',
  },
};

export const names = Object.keys(kinds);

/** Each dialect from an address of its own: one has no more than some 28,000 ports to connect from. */
const localAddress = (kind) => `127.0.0.${2 + names.indexOf(kind)}`;

export class StormClient {
  /** With a `query` in its address, where that is not its dialect's own. */
  constructor(host, kind, room, id, query) {
    Object.assign(this, { host, kind, room, id, query, secret: `${kind}-${room}`, refusals: 0 });
  }

  /** Comes, or comes back. While the host has not yet seen the old socket go, it refuses the id; then once more. */
  async come() {
    while (!(await this.tryToCome())) ++this.refusals;
  }

  /** Says whether it was let in. */
  tryToCome() {
    const { path, protocol, hello, welcome, hear } = kinds[this.kind];
    const url = `ws://127.0.0.1:${this.host.port}${path(this)}`;
    const options = { perMessageDeflate: false, localAddress: localAddress(this.kind) };
    const socket = new WebSocket(url, protocol ?? [], options);
    this.socket = socket;
    return new Promise((resolve) => {
      let asked = performance.now();
      socket.on('open', () => {
        asked = performance.now();
        if (hello) socket.send(hello(this));
      });
      socket.on('message', (data) => {
        const text = data.toString('latin1');
        hear?.call(kinds[this.kind], this, text);
        if (text.startsWith(welcome)) {
          this.waited = performance.now() - asked;
          resolve(true);
        } else if (/^(42\["error",)?\{"type":"error"/.test(text)) socket.terminate();
      });
      this.gone = new Promise((gone) =>
        socket.on('close', () => {
          resolve(false);
          gone();
        }),
      );
      socket.on('error', () => {}); // `close` follows
    });
  }

  /** When the next list of users comes. */
  heardList() {
    return new Promise((resolve) => (this.tell = resolve));
  }

  /** With a close frame, or without. */
  go(politely) {
    if (politely) this.socket.close(1000);
    else this.socket.terminate();
    return this.gone;
  }
}

export const sorted = (list) => [...list].sort();

/** Whether every user's last list is the same one, and has everybody in it once. */
export function haveCompleteList(users) {
  const [{ list }] = users;
  if (!list || users.some((user) => user.list !== list)) return false;
  const online = JSON.parse(list).users.map(({ username }) => username);
  return json(sorted(online)) === json(sorted(users.map(({ id }) => id)));
}
