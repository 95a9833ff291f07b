/**
 * Keeps the screen on while it is wanted: a phone that goes to sleep stops its camera. A browser may refuse, for instance
 * with a low battery; then it sleeps.
 */
export class WakeLock {
  #wanted = false;
  #lock: WakeLockSentinel | null = null;

  get #held(): boolean {
    return this.#lock !== null && !this.#lock.released;
  }

  set(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) {
      document.addEventListener('visibilitychange', this.#request);
      void this.#request();
    } else {
      document.removeEventListener('visibilitychange', this.#request);
      void this.#lock?.release();
      this.#lock = null;
    }
  }

  /** A page that was out of sight has lost its lock (W3C Screen Wake Lock API, section 7). */
  readonly #request = async (): Promise<void> => {
    if (document.visibilityState !== 'visible' || this.#held) return;
    // An insecure page has no such thing.
    const lock = await navigator.wakeLock?.request('screen').catch(() => null);
    if (this.#wanted && !this.#held) this.#lock = lock ?? null;
    else void lock?.release();
  };
}
