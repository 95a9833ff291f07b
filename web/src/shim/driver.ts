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
  delete(): void;
}

interface Options<Core> {
  create(module: ParleyModule): Core;
  failed(message: string): void;
  /** The page is being left. */
  left(): void;
  connect?: typeof openSocket;
}

/**
 * A Session or a Directory while there is one, with this browser's WebSockets, timer and network. It lives in
 * WebAssembly's memory, which no garbage collector frees.
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

  /** Whether there is a core, or going to be. */
  get active(): boolean {
    return this.#core !== null || this.#waiting.length > 0;
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

  /** Has a core made, unless there is one, and tells it this first; once what it needs is `ready`, where that is given. */
  start(action: (core: Core) => void, ready?: Promise<unknown>): void {
    addEventListener('online', this.#networkChanged);
    addEventListener('pagehide', this.#leavePage);
    if (this.#core) return action(this.#core);
    this.#waiting.push(action);
    // Never at once: a core that is being left may be in the middle of saying what to do.
    if (this.#waiting.length > 1) return;
    const made = ready ? Promise.all([core, ready]).then(([module]) => module) : core;
    made.then(this.#create, this.#failed);
  }

  /** Tells the core, now or as soon as it is there. Whether it is active. */
  tell(action: (core: Core) => void): boolean {
    const { active } = this;
    if (this.#core) action(this.#core);
    else if (active) this.#waiting.push(action);
    return active;
  }

  /** Frees the core. What it has decided by now is still done. */
  release(): void {
    removeEventListener('online', this.#networkChanged);
    removeEventListener('pagehide', this.#leavePage);
    clearTimeout(this.#timer);
    this.#waiting = [];
    const released = this.#core;
    this.#core = null;
    released?.delete();
  }

  readonly #create = (module: ParleyModule): void => {
    const waiting = this.#waiting;
    // Left again meanwhile.
    if (waiting.length === 0) return;
    try {
      this.#core = this.#options.create(module);
    } catch (error) {
      return this.#failed(error);
    }
    const created = this.#core;
    this.#waiting = [];
    for (const action of waiting) {
      // One that is wrong is its caller's mistake, and nobody else's.
      if (this.#core === created) attempt(() => action(created));
    }
  };

  readonly #failed = (error: unknown): void => {
    if (this.#waiting.length === 0) return;
    this.release();
    this.#options.failed(`The core did not start: ${error}.`);
  };

  readonly #wake = (): void => this.#core?.timeout(performance.now());
  readonly #networkChanged = (): void => this.#core?.networkChanged(performance.now());
  readonly #leavePage = (event: PageTransitionEvent): void => {
    if (!event.persisted) this.#options.left();
  };

  #openSocket(id: number, url: string, protocol: string): void {
    const driven = this.#core;
    if (!driven) return;
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

/** Does this; what it throws is reported as uncaught. */
export function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    reportError(error);
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
