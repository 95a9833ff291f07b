// A client of parley.v1, or of another dialect, over an ordinary WebSocket: sends objects, waits for what arrives.
import { createHash } from 'node:crypto';
import WebSocket from 'ws';
import { Inbox } from './inbox.mjs';

/** What others see of a page's secret. */
export const incarnationOf = (secret) => createHash('sha256').update(secret).digest('hex');

export class Client extends Inbox {
  constructor(socket) {
    super();
    this.socket = socket;
    socket.on('message', (data) => this.arrived(JSON.parse(String(data))));
    socket.on('close', (code, reason) => this.ended(code, String(reason)));
    socket.on('error', () => {}); // `close` follows
  }

  /** With the host's own `options`, if it has some, and these. */
  static open(host, options = {}) {
    const all = { perMessageDeflate: false, ...host.options, ...options };
    return opened(new WebSocket(host.socketUrl, 'parley.v1', all));
  }

  /** A client of the dialect that is spoken at this path. */
  static at(host, path) {
    return opened(new WebSocket(`ws://127.0.0.1:${host.port}${path}`));
  }

  /** Opens a socket and joins; the `joined` is in `client.joined`. */
  static async join(host, room, peer, more = {}) {
    const client = await Client.open(host);
    client.send({ type: 'join', room, peer, secret: `${peer}-page`, ...more });
    client.joined = await client.next('joined');
    return client;
  }

  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** A message without a type, which every dialect answers with the same error. */
  mark() {
    this.send('{}');
    return 'no-type';
  }

  /** Everything up to now has been handled once this comes back. */
  async ping() {
    this.send({ type: 'ping' });
    return this.next('pong');
  }

  /** Cuts the connection as a lost network does, without a closing handshake. */
  cut() {
    this.socket.terminate();
  }
}

function opened(socket) {
  const client = new Client(socket);
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client));
    socket.on('error', reject);
  });
}
