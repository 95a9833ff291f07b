// The stock Socket.IO client, as the tests of all dialects use one: an event is an object whose `type` is its name.
import { io } from 'socket.io-client';
import { Inbox } from './inbox.mjs';

export class SocketIoClient extends Inbox {
  constructor(socket) {
    super();
    this.socket = socket;
    socket.onAny((type, data) => this.arrived({ type, ...data }));
    socket.on('disconnect', (reason) => this.ended(reason, reason));
  }

  /** With the stock client's own options: it begins with polling, and upgrades while it is already in use. */
  static open(host, options = {}) {
    const socket = io(`http://127.0.0.1:${host.port}`, { forceNew: true, reconnection: false, ...options });
    const client = new SocketIoClient(socket);
    return new Promise((resolve, reject) =>
      socket.on('connect', () => resolve(client)).on('connect_error', reject),
    );
  }

  send({ type, ...data }) {
    this.socket.emit(type, data);
  }

  /** An event that nobody knows. */
  mark() {
    this.socket.emit('mark');
    return 'unknown-type';
  }

  /** Cuts the connection as a lost network does, once it is a WebSocket. */
  cut() {
    const { engine } = this.socket.io;
    if (engine.transport.name === 'websocket') engine.transport.ws.terminate();
    else engine.once('upgrade', (transport) => transport.ws.terminate());
  }
}
