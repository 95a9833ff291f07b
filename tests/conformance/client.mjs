// A client of parley.v1, or of another dialect, over an ordinary WebSocket: sends objects, waits for what arrives.
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
    return opened(new WebSocket(host.socketUrl, 'parley.v1', { perMessageDeflate: false, ...options }));
  }

  /** A client of the dialect that is spoken at this path. */
  static at(host, path) {
    return opened(new WebSocket(`ws://127.0.0.1:${host.port}${path}`));
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
    return this.#take((message) => message.type === type, `a message of type ${type}`);
  }

  /** The next message, whatever it is. */
  any() {
    return this.#take(() => true, 'any message');
  }

  /**
   * All that came and nobody has waited for, in order. Everything that this client sent has then been handled:
   * the answer to a message without a type marks the place, in every dialect.
   */
  async heard() {
    this.send('{}');
    const mark = await this.#take(({ code }) => code === 'no-type', 'the answer to a message without a type');
    const end = this.all.indexOf(mark);
    const before = this.#inbox.filter((message) => this.all.indexOf(message) < end);
    this.#inbox = this.#inbox.filter((message) => !before.includes(message));
    return before;
  }

  #take(matches, what) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ matches, resolve, reject, what });
      this.#settle();
    });
  }

  #settle() {
    this.#waiting = this.#waiting.filter(({ matches, resolve }) => {
      const at = this.#inbox.findIndex(matches);
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

function opened(socket) {
  const client = new Client(socket);
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client));
    socket.on('error', reject);
  });
}
