import { Publisher } from '../publish/publisher.js';
import { ownTarget } from '../publish/target.js';
import type { Kind } from '../publish/outgoing.js';

export interface LiveEvents {
  /** The stream is on its way. */
  begun(): void;
  /** It does not begin, for this reason. */
  failed(words: string): void;
}

/** No room's name, and nobody's number: as long as a phone's. */
const digits = 15;
const slots: Record<Kind, string> = { video: 'camera', audio: 'microphone' };

/**
 * This person's camera and microphone on their way to the host's media gateway, beside the call and by a connection of
 * their own: a viewer more costs the call nothing.
 */
export class Live {
  readonly sim = randomDigits();
  readonly #publisher: Publisher;
  #begun = false;
  #stopped = false;

  constructor(tracks: ReadonlyMap<string, MediaStreamTrack>, events: LiveEvents) {
    this.#publisher = new Publisher(() => {
      const { streaming, trouble } = this.#publisher;
      if (this.#stopped) return;
      if (streaming === 'connected' && !this.#begun) {
        this.#begun = true;
        events.begun();
      }
      // What has begun is begun again by itself, whatever happens to it.
      const reason = trouble.streaming ?? trouble.signaling;
      if (this.#begun || !reason) return;
      this.stop();
      events.failed(reason.message || 'The host does not take the stream.');
    });
    this.follow(tracks);
    this.#publisher.start({ ...ownTarget(location), sim: this.sim });
  }

  /** What is sent from now on. */
  follow(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    for (const kind of ['video', 'audio'] as const)
      this.#publisher.setTrack(kind, tracks.get(slots[kind]) ?? null);
  }

  stop(): void {
    this.#stopped = true;
    this.#publisher.stop();
  }
}

function randomDigits(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(digits));
  return `9${Array.from(bytes.slice(1), (byte) => byte % 10).join('')}`;
}
