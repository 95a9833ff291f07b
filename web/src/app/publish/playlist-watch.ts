import { isPlayable, lookFor, type Found } from './playlist.js';

/** A media gateway has its first segment within seconds; where there is none, asking often would be noise. */
const pauseMs = { first: 1_000, longest: 30_000 };
const longerEachTime = 1.5;

export interface WatchOptions {
  longestPauseMs?: number;
  /** What it looks for: by default, a playlist that has something to play. */
  wants?: (found: Found) => boolean;
}

/** Looks for a playlist until it is there as it is wanted. */
export class PlaylistWatch {
  found: Found | null = null;
  looking = false;
  #url = '';
  #token = '';
  #timer = 0;
  #pauseMs = pauseMs.first;
  readonly #changed: () => void;
  readonly #options: Required<WatchOptions>;

  constructor(changed: () => void, options: WatchOptions = {}) {
    this.#changed = changed;
    this.#options = { longestPauseMs: pauseMs.longest, wants: isPlayable, ...options };
  }

  get started(): boolean {
    return this.#url !== '';
  }

  start(url: string, token = ''): void {
    if (url === this.#url && token === this.#token) return;
    this.stop();
    this.#url = url;
    this.#token = token;
    void this.look();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#url = '';
    this.#pauseMs = pauseMs.first;
    this.found = null;
    this.looking = false;
  }

  /** Looks now. */
  async look(): Promise<void> {
    const [url, token] = [this.#url, this.#token];
    if (!url || this.looking) return;
    clearTimeout(this.#timer);
    this.looking = true;
    this.#changed();
    const found = await lookFor(url, token);
    if (url !== this.#url || token !== this.#token) return;
    this.looking = false;
    this.found = found;
    // Asking again changes nothing before there is another token.
    if (!this.#options.wants(found) && found.kind !== 'refused') {
      this.#timer = window.setTimeout(() => void this.look(), this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * longerEachTime, this.#options.longestPauseMs);
    }
    this.#changed();
  }
}
