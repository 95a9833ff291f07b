import type { Peer, Room, StateChange } from '../shim/index.js';

/** What nobody minds waiting for, on the way to the first picture of a call. */
const drawingPatienceMs = 200;
const picturePatienceMs = 350;
/** How long our own first picture takes to be sent, once a connection is up. */
const openingMs = 60;
/** From a picture's arrival to its being shown. */
const showingMs = 30;

/**
 * While somebody is on the way to a first picture, everything else can wait: drawing and opening a camera take the
 * processors that descriptions, keys and the picture itself need. How long that is, is bounded.
 */
export class Hurry {
  /** Resolves when the first picture of somebody is there, or none is to be expected soon. */
  readonly picture: Promise<void>;
  readonly #room: Room;
  #drawing: Promise<void>;

  /** `sends`: whether our own picture is ready to be sent. */
  constructor(room: Room, sends: () => boolean) {
    this.#room = room;
    this.#drawing = this.#within(drawingPatienceMs, (done) => {
      this.#whenAlone(done);
      this.#whenTracked('iceConnectionState', 'checking', done);
    });
    this.picture = this.#within(picturePatienceMs, (done) => {
      this.#whenAlone(done);
      this.#on<{ track: MediaStreamTrack }>('track', ({ track }) => {
        if (track.kind === 'video') track.addEventListener('unmute', () => setTimeout(done, showingMs));
      });
    });
    this.#on<{ peer: Peer }>('peer-joined', () => {
      if (sends()) this.#drawing = this.#meet(this.#drawing);
    });
  }

  /** Resolves when whoever is on the way now is not kept up by drawing. */
  get drawing(): Promise<void> {
    return this.#drawing;
  }

  /** Somebody comes, and is to see us. */
  async #meet(before: Promise<void>): Promise<void> {
    const up = this.#within(drawingPatienceMs, (done) =>
      this.#whenTracked('connectionState', 'connected', done),
    );
    await Promise.all([before, up.then(() => new Promise((resolve) => setTimeout(resolve, openingMs)))]);
  }

  #within(patienceMs: number, begin: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, patienceMs);
      begin(resolve);
    });
  }

  #whenAlone(done: () => void): void {
    // Who is here is told in the same breath.
    this.#on('joined', () => queueMicrotask(() => this.#room.peers.size === 0 && done()));
  }

  #whenTracked(field: string, value: string, done: () => void): void {
    this.#on<StateChange>(
      'peer-tracked',
      (change) => change.field === field && change.value === value && done(),
    );
  }

  #on<Detail>(type: string, handle: (detail: Detail) => void): void {
    this.#room.addEventListener(type, (event) => handle((event as CustomEvent<Detail>).detail));
  }
}
