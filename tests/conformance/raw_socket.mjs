// WebSocket by hand, for what a well-behaved library would not send.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** One frame of a client. Each part of the header can be given wrongly. */
export function frame(code, payload = '', { fin = true, rsv = 0, masked = true, length, lengthBytes } = {}) {
  const bytes = Buffer.from(payload);
  const announced = length ?? bytes.length;
  const size = lengthBytes ?? (announced < 126 ? 0 : announced < 65536 ? 2 : 8);
  const header = Buffer.alloc(2 + size);
  header[0] = (fin ? 0x80 : 0) | (rsv << 4) | code;
  header[1] = (masked ? 0x80 : 0) | (size === 0 ? announced : size === 2 ? 126 : 127);
  if (size === 2) header.writeUInt16BE(announced, 2);
  if (size === 8) header.writeBigUInt64BE(BigInt(announced), 2);
  if (!masked) return Buffer.concat([header, bytes]);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, bytes.map((byte, i) => byte ^ mask[i % 4])]);
}

export function closeFrame(code, reason = '') {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(opcode.close, Buffer.concat([payload, Buffer.from(reason)]));
}

export const upgradeRequest = [
  'GET /ws HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: parley.v1',
  '\r\n',
].join('\r\n');

export class RawSocket {
  #bytes = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  constructor(port, options = {}) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true, ...options });
    this.socket.on('data', (data) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    this.socket.on('end', end).on('close', end).on('error', end);
    this.destroyed = new Promise((resolve) => this.socket.on('close', resolve));
  }

  /** After the handshake; `with` is sent in the same segment as the request. */
  static async open(host, { with: early = Buffer.alloc(0), ...options } = {}) {
    const raw = new RawSocket(host.port, options);
    raw.write(Buffer.concat([Buffer.from(upgradeRequest), early]));
    raw.response = await raw.head();
    return raw;
  }

  write(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  /** Status line and headers of an HTTP response. */
  async head() {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end >= 0) return this.#take(end + 4).toString();
      if (!(await this.#more())) return this.#take(this.#bytes.length).toString();
    }
  }

  /** So many bytes, as text; fewer where the connection ended before. */
  async read(count) {
    while (this.#bytes.length < count && (await this.#more()));
    return this.#take(count).toString();
  }

  /** The next frame, its close code taken apart; undefined where the connection ended. */
  async frame() {
    for (;;) {
      const parsed = this.#parse();
      if (parsed) return parsed;
      if (!(await this.#more())) return undefined;
    }
  }

  /** The next frame of this kind; undefined where the connection ended before. */
  async frameOf(code) {
    for (;;) {
      const next = await this.frame();
      if (next === undefined || next.opcode === code) return next;
    }
  }

  async json() {
    const { payload } = await this.frameOf(opcode.text);
    return JSON.parse(payload.toString());
  }

  async end() {
    while (!this.#ended) await this.#more();
  }

  destroy() {
    this.socket.destroy();
  }

  #take(count) {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  async #more() {
    if (this.#ended) return false;
    await new Promise((resolve) => (this.#wake = resolve));
    return true;
  }

  #parse() {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const short = bytes[1] & 0x7f;
    const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    if (bytes.length < start) return undefined;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < start + length) return undefined;
    const whole = this.#take(start + length);
    const payload = whole.subarray(start);
    const found = {
      opcode: whole[0] & 0x0f,
      fin: (whole[0] & 0x80) !== 0,
      masked: (whole[1] & 0x80) !== 0,
      payload,
    };
    if (found.opcode === opcode.close && payload.length >= 2) {
      found.code = payload.readUInt16BE(0);
      found.reason = payload.subarray(2).toString();
    }
    return found;
  }
}
