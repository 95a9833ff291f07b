// The bytes of Engine.IO, for tests of the protocol itself: requests by fetch(), frames by a plain WebSocket.
import WebSocket from 'ws';

/** A session by polling. */
export class Polling {
  constructor(base, sid) {
    this.base = base;
    this.sid = sid;
    this.url = `${base}?EIO=4&transport=polling&sid=${sid}`;
  }

  static async open(base) {
    const response = await fetch(`${base}?EIO=4&transport=polling`);
    const handshake = JSON.parse((await response.text()).slice(1));
    return Object.assign(new Polling(base, handshake.sid), { handshake });
  }

  /** Status and text of a GET. */
  async poll() {
    const response = await fetch(this.url);
    return [response.status, await response.text()];
  }

  /** Status and text of a POST. */
  async post(body) {
    const response = await fetch(this.url, { method: 'POST', body });
    return [response.status, await response.text()];
  }

  /** A WebSocket for this session. */
  socket() {
    return Frames.open(`${this.base.replace('http', 'ws')}?EIO=4&transport=websocket&sid=${this.sid}`);
  }
}

/** A WebSocket whose frames are read one after the other: texts as strings, binary ones as Buffers. */
export class Frames {
  #inbox = [];
  #waiting = [];

  constructor(socket) {
    this.socket = socket;
    socket.on('message', (data, binary) => this.#arrived(binary ? data : String(data)));
    this.closed = new Promise((resolve) =>
      socket.on('close', (code) => {
        resolve(code);
        this.#waiting.splice(0).forEach(({ reject }) => reject(new Error(`closed with ${code}`)));
      }),
    );
    socket.on('error', () => {}); // `close` follows
  }

  static open(url) {
    const socket = new WebSocket(url);
    const frames = new Frames(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(frames));
      socket.on('error', reject);
    });
  }

  #arrived(data) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(data);
    else this.#inbox.push(data);
  }

  send(data) {
    this.socket.send(data);
  }

  next() {
    if (this.#inbox.length > 0) return Promise.resolve(this.#inbox.shift());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
