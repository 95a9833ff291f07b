/** What a socket tells; the core knows it by the number. */
export interface SocketListener {
  opened(): void;
  message(text: string): void;
  closed(code: number, reason: string): void;
}

/**
 * One WebSocket. It may be opened before anybody listens: what happens until then is kept, so that a page can connect
 * while the core still compiles.
 */
export class Socket {
  readonly #socket: WebSocket;
  #listener: SocketListener | null = null;
  #pending: ((listener: SocketListener) => void)[] = [];

  /** `socket` may be open, or even closed again; it has received nothing yet. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    if (socket.readyState === WebSocket.OPEN) this.#tell((listener) => listener.opened());
    if (socket.readyState === WebSocket.CLOSED) this.#tell((listener) => listener.closed(1006, ''));
    this.#socket.onopen = () => this.#tell((listener) => listener.opened());
    this.#socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.#tell((listener) => listener.message(data));
    };
    this.#socket.onclose = ({ code, reason }) => this.#tell((listener) => listener.closed(code, reason));
  }

  get url(): string {
    return this.#socket.url;
  }

  listen(listener: SocketListener): void {
    // Later, since the core is told nothing while it is still saying what to do.
    queueMicrotask(() => {
      this.#listener = listener;
      for (const event of this.#pending.splice(0)) event(listener);
    });
  }

  send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#pending = [];
    this.#socket.close(code, reason);
  }

  #tell(event: (listener: SocketListener) => void): void {
    if (this.#listener) event(this.#listener);
    else this.#pending.push(event);
  }
}
