import type { Handler, ParleyModule } from 'parley-core';
import { core } from './core.js';
import { Socket, openSocket } from './socket.js';

/** What a Session and a Directory are told alike. */
interface Driven {
  socketOpened(now: number, socket: number): void;
  socketMessage(now: number, socket: number, text: string): void;
  socketClosed(now: number, socket: number, code: number, reason: string): void;
  networkChanged(now: number): void;
  timeout(now: number): void;
}

interface Options<Core> {
  create(module: ParleyModule): Core;
  failed(message: string): void;
  /** The page is being left. */
  left(): void;
  connect?: typeof openSocket;
}

/**
 * A Session or a Directory, with this browser's WebSockets, timer and network. What it is told before the core is
 * there, it is told then.
 */
export class Driver<Core extends Driven> {
  #core: Core | null = null;
  #waiting: ((core: Core) => void)[] = [];
  #timer = 0;
  readonly #sockets = new Map<number, Socket>();
  readonly #options: Options<Core>;

  constructor(options: Options<Core>) {
    this.#options = options;
  }

  get core(): Core | null {
    return this.#core;
  }

  /** What the core says of sockets and time, done. */
  readonly handler: Pick<Handler, 'openSocket' | 'sendSocket' | 'closeSocket' | 'wakeAt'> = {
    openSocket: (id, url, protocol) => this.#openSocket(id, url, protocol),
    sendSocket: (id, text) => this.#sockets.get(id)?.send(text),
    closeSocket: (id, code, reason) => {
      this.#sockets.get(id)?.close(code, reason);
      this.#sockets.delete(id);
    },
    wakeAt: (at) => {
      clearTimeout(this.#timer);
      if (at !== null) this.#timer = window.setTimeout(this.#wake, Math.max(0, at - performance.now()));
    },
  };

  /** From now on it hears of the network, and of the page's end. */
  listen(): void {
    addEventListener('online', this.#networkChanged);
    addEventListener('pagehide', this.#leavePage);
  }

  /** Nor does it any more do what it has been told while there was no core. */
  rest(): void {
    removeEventListener('online', this.#networkChanged);
    removeEventListener('pagehide', this.#leavePage);
    if (!this.#core) this.#waiting = [];
  }

  /** Now, or as soon as the core is there. */
  tell(action: (core: Core) => void): void {
    if (this.#core) {
      action(this.#core);
      return;
    }
    this.#waiting.push(action);
    if (this.#waiting.length === 1) void this.#start();
  }

  async #start(): Promise<void> {
    try {
      const module = await core;
      this.#core ??= this.#options.create(module);
    } catch (error) {
      this.#options.failed(`The core did not start: ${error}.`);
      return;
    }
    for (const action of this.#waiting.splice(0)) action(this.#core);
  }

  readonly #wake = (): void => this.#core?.timeout(performance.now());
  readonly #networkChanged = (): void => this.#core?.networkChanged(performance.now());
  readonly #leavePage = (event: PageTransitionEvent): void => {
    if (!event.persisted) this.#options.left();
  };

  #openSocket(id: number, url: string, protocol: string): void {
    const driven = this.#core!;
    const socket = new Socket((this.#options.connect ?? openSocket)(url, protocol));
    this.#sockets.set(id, socket);
    socket.listen({
      opened: () => driven.socketOpened(performance.now(), id),
      message: (text) => driven.socketMessage(performance.now(), id, text),
      closed: (code, reason) => {
        this.#sockets.delete(id);
        driven.socketClosed(performance.now(), id, code, reason);
      },
    });
  }
}

/** 64 random bits, as the core takes them. */
export function randomSeed(): [number, number] {
  return [...crypto.getRandomValues(new Uint32Array(2))] as [number, number];
}

/** A host's WebSocket, by default where this module came from. */
export function hostAddress(url: string | URL = new URL('/ws', import.meta.url)): string {
  const absolute = new URL(url, document.baseURI);
  absolute.protocol = absolute.protocol.replace(/^http/, 'ws');
  return absolute.href;
}
