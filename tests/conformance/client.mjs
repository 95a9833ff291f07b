// A client of parley.v1 over an ordinary WebSocket: sends objects, waits for what arrives.
import WebSocket from 'ws';

export class Client {
  #waiting = [];
  #inbox = [];

  constructor(socket) {
    this.socket = socket;
    this.all = [];
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      this.all.push(message);
      this.#inbox.push(message);
      this.#settle();
    });
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#waiting
          .splice(0)
          .forEach(({ reject, what }) => reject(new Error(`closed with ${code} before ${what}`)));
      }),
    );
    socket.on('error', () => {}); // `close` follows
  }

  static open(host, options = {}) {
    const socket = new WebSocket(host.socketUrl, 'parley.v1', { perMessageDeflate: false, ...options });
    const client = new Client(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(client));
      socket.on('error', reject);
    });
  }

  /** Opens a socket and joins; the `joined` is in `client.joined`. */
  static async join(host, room, peer, more = {}) {
    const client = await Client.open(host);
    client.send({ type: 'join', room, peer, incarnation: `${peer}-page`, ...more });
    client.joined = await client.next('joined');
    return client;
  }

  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message of this type that nobody has waited for yet. */
  next(type) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ type, resolve, reject, what: `a message of type ${type}` });
      this.#settle();
    });
  }

  /** The next message, whatever it is. */
  any() {
    return this.next(undefined);
  }

  #settle() {
    this.#waiting = this.#waiting.filter(({ type, resolve }) => {
      const at = this.#inbox.findIndex((message) => type === undefined || message.type === type);
      if (at >= 0) resolve(...this.#inbox.splice(at, 1));
      return at < 0;
    });
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
