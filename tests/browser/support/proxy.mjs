import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Stands between a tab and the host and passes on every byte, until a message goes by at which the test wants the
 * line cut: then neither side gets that message, and both see their socket reset.
 */
export class Proxy {
  #server;
  #sockets = new Set();
  #wantsCut = () => false;
  #cut = null;
  #open = true;

  static async start(port) {
    const proxy = new Proxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  constructor(port) {
    this.#server = createServer((near) => {
      if (this.#open) this.#join(near, connect(port, '127.0.0.1'));
      else near.resetAndDestroy();
    });
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /**
   * Cuts the line, once, at the first WebSocket message for which `wants(message, direction)` is true; resolves then.
   * The direction is `up`, towards the host, or `down`.
   */
  cutAt(wants) {
    return new Promise((resolve) => {
      this.#wantsCut = wants;
      this.#cut = resolve;
    });
  }

  /** Breaks every connection and lets no new one through, until `mend`. */
  sever() {
    this.#open = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend() {
    this.#open = true;
  }

  async stop() {
    this.sever();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near, far) {
    this.#pass(near, far, 'up');
    this.#pass(far, near, 'down');
  }

  #pass(from, to, direction) {
    this.#sockets.add(from);
    const messages = new MessageReader();
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      const cut = messages.read(chunk).some((message) => this.#wantsCut(message, direction));
      if (!cut) return to.write(chunk);
      this.#wantsCut = () => false;
      from.resetAndDestroy();
      to.resetAndDestroy();
      this.#cut();
    });
    from.on('error', () => to.destroy());
    from.on('end', () => to.end());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}

/** Finds the text messages in one direction of a connection (RFC 6455 5.2), if it is a WebSocket's. */
class MessageReader {
  #bytes = Buffer.alloc(0);
  #upgraded = null;

  read(chunk) {
    if (this.#upgraded === false) return [];
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#upgraded === null && !this.#readHead()) return [];
    const messages = [];
    for (let frame = this.#readFrame(); frame; frame = this.#readFrame()) messages.push(frame);
    return messages;
  }

  #readHead() {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = this.#bytes.toString('latin1', 0, end);
    this.#upgraded = /^upgrade: websocket/im.test(head);
    this.#bytes = this.#bytes.subarray(end + 4);
    return this.#upgraded;
  }

  /** The next frame's payload as text; null where it has not wholly arrived. Nobody here sends fragments. */
  #readFrame() {
    const bytes = this.#bytes;
    if (bytes.length < 2) return null;
    const masked = (bytes[1] & 0x80) !== 0;
    let length = bytes[1] & 0x7f;
    let at = 2;
    if (length === 126) {
      if (bytes.length < 4) return null;
      length = bytes.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return null;
      length = Number(bytes.readBigUInt64BE(2));
      at = 10;
    }
    const mask = masked ? bytes.subarray(at, at + 4) : null;
    if (masked) at += 4;
    if (bytes.length < at + length) return null;
    this.#bytes = bytes.subarray(at + length);
    const payload = bytes.subarray(at, at + length);
    return (mask ? payload.map((byte, index) => byte ^ mask[index % 4]) : payload).toString();
  }
}
