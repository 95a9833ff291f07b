/** What a socket tells; the core knows it by the number. */
export interface SocketListener {
  opened(): void;
  message(text: string): void;
  closed(code: number, reason: string): void;
}

/** Null where the browser does not even try: from a page that came over https:, to a ws: address, for instance. */
export function openSocket(url: string, protocol: string): WebSocket | null {
  try {
    return new WebSocket(url, protocol);
  } catch {
    return null;
  }
}

/**
 * One WebSocket. It may be opened before anybody listens: what happens until then is kept, so that a page can connect
 * while the core still compiles.
 */
export class Socket {
  readonly #socket: WebSocket | null;
  #listener: SocketListener | null = null;
  #pending: ((listener: SocketListener) => void)[] = [];

  /** `socket` may be open, or even closed again, or none at all; it has received nothing yet. */
  constructor(socket: WebSocket | null) {
    this.#socket = socket;
    if (socket?.readyState === WebSocket.OPEN) this.#tell((listener) => listener.opened());
    if ((socket?.readyState ?? WebSocket.CLOSED) === WebSocket.CLOSED)
      this.#tell((listener) => listener.closed(1006, ''));
    if (!socket) return;
    socket.onopen = () => this.#tell((listener) => listener.opened());
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.#tell((listener) => listener.message(data));
    };
    socket.onclose = ({ code, reason }) => this.#tell((listener) => listener.closed(code, reason));
  }

  listen(listener: SocketListener): void {
    // Later, since the core is told nothing while it is still saying what to do.
    queueMicrotask(() => {
      this.#listener = listener;
      for (const event of this.#pending.splice(0)) event(listener);
    });
  }

  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#pending = [];
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(code, reason);
  }

  #tell(event: (listener: SocketListener) => void): void {
    if (this.#listener) event(this.#listener);
    else this.#pending.push(event);
  }
}
