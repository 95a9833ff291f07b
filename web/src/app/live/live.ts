import { Publisher } from '../publish/publisher.js';
import { ownTarget } from '../publish/target.js';
import type { Kind } from '../publish/outgoing.js';

export interface LiveEvents {
  /** The stream is on its way, for the first time or again. */
  live(): void;
  /** It has been on its way and is not: why, as far as that is known. Told again when there is more to say. */
  interrupted(why: string): void;
  /** It has been interrupted for so long that nobody should follow its link. */
  lost(): void;
  /** It does not begin, for this reason; nothing comes after this. */
  failed(words: string): void;
}

/** A gateway answers in one turn, and a connection that takes longer than its 15 s does not come about. */
const beginWithinMs = 20_000;
/** A path that is found again at once is no news. */
const noticeableMs = 2_000;
/** A gateway that has crashed is back within seconds, a network within half a minute. */
const lostAfterMs = 30_000;

const noWay = 'The stream cannot reach the host. A firewall may be blocking UDP.';

/** The host's own sentence is for publishers, and tells them what to do. */
const noGateway = 'This host does not offer live streaming.';
const gatewayLost = 'The host’s media gateway dropped the stream.';

type State = 'beginning' | 'live' | 'interrupted' | 'over';

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
  readonly #events: LiveEvents;
  #state: State = 'beginning';
  #timers: number[] = [];
  #why = '';
  #noticeable = false;

  /** `token`: what the host is shown. */
  constructor(tracks: ReadonlyMap<string, MediaStreamTrack>, token: string, events: LiveEvents) {
    this.#events = events;
    this.#publisher = new Publisher(() => this.#follow(), { toGateway: true });
    this.#publisher.token = token;
    this.follow(tracks);
  }

  start(): void {
    this.#after(beginWithinMs, () => this.#fail(noWay));
    this.#publisher.start({ ...ownTarget(location), sim: this.sim });
  }

  /** What is sent from now on. */
  follow(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    for (const kind of ['video', 'audio'] as const)
      this.#publisher.setTrack(kind, tracks.get(slots[kind]) ?? null);
  }

  stop(): void {
    this.#enter('over');
    this.#publisher.stop();
  }

  #follow(): void {
    if (this.#state === 'over') return;
    const { streaming, trouble } = this.#publisher;
    if (streaming === 'connected') {
      if (this.#state === 'live') return;
      this.#enter('live');
      return this.#events.live();
    }
    const reason = trouble.streaming ?? trouble.signaling;
    // What has begun is begun again by itself, whatever happens to it.
    if (this.#state === 'beginning') {
      if (reason?.code === 'nobody-to-stream-to') return this.#fail(noGateway);
      if (reason) this.#fail(reason.message || 'The host does not take the stream.');
      return;
    }
    if (this.#state === 'live') this.#interrupt();
    // Each attempt forgets what became of the one before.
    const why = (reason?.code === 'gateway-lost' ? gatewayLost : reason?.message) || this.#why;
    if (why === this.#why) return;
    this.#why = why;
    if (this.#noticeable) this.#events.interrupted(why);
  }

  #interrupt(): void {
    this.#enter('interrupted');
    this.#why = '';
    this.#noticeable = false;
    this.#after(noticeableMs, () => {
      this.#noticeable = true;
      this.#events.interrupted(this.#why);
    });
    this.#after(lostAfterMs, () => this.#events.lost());
  }

  #fail(words: string): void {
    this.stop();
    this.#events.failed(words);
  }

  #enter(state: State): void {
    this.#state = state;
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(window.setTimeout(act, ms));
  }
}

function randomDigits(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(digits));
  return `9${Array.from(bytes.slice(1), (byte) => byte % 10).join('')}`;
}
