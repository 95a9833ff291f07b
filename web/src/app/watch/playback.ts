import type { Hls } from './hls.js';

/** Where hls.js was built to (web/build.mjs). */
declare const hlsModule: string;

/**
 * Behind what is newest, in target durations: these are 2 s for segments of 1 s, of which this is one and what asking for the
 * next one takes. They are longer where the publisher's segments are.
 */
const behind = 0.75;
/** Who fell behind, after a pause of the network, catches up at this speed, at which voices still sound like themselves. */
const catchUpRate = 1.15;

/** What a break in the media may take to get over; a browser that cannot play it fails again within a second. */
const recoveries = { most: 2, withinMs: 10_000 };

export interface PlaybackEvents {
  /** The playlist cannot be had any more. */
  gone(): void;
  /** The browser cannot play what is in it. */
  failed(words: string): void;
}

/** One playlist (RFC 8216) in one <video>: by hls.js or, where there are no Media Source Extensions, by the browser. */
export class Playback {
  readonly #video: HTMLVideoElement;
  readonly #events: PlaybackEvents;
  #hls: Hls | null = null;
  #stopped = false;
  #recovered: number[] = [];

  constructor(video: HTMLVideoElement, url: string, events: PlaybackEvents) {
    this.#video = video;
    this.#events = events;
    void this.#start(url);
  }

  /** How far the picture is behind what is newest in the playlist, in seconds, where that is known. */
  get latency(): number | null {
    return this.#hls && this.#hls.latency > 0 ? this.#hls.latency : null;
  }

  stop(): void {
    this.#stopped = true;
    this.#hls?.destroy();
    this.#hls = null;
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  async #start(url: string): Promise<void> {
    let module: typeof import('./hls.js');
    try {
      module = (await import(hlsModule)) as typeof import('./hls.js');
    } catch {
      return this.#events.failed('The player could not be loaded. Is the host still there?');
    }
    if (this.#stopped) return;
    const { Hls } = module;
    if (Hls.isSupported()) return this.#playWith(Hls, url);
    if (this.#video.canPlayType('application/vnd.apple.mpegurl') === '')
      return this.#events.failed(
        'This browser cannot play HLS. Try another one, or a player such as VLC or mpv.',
      );
    this.#video.onerror = () => this.#events.gone();
    this.#video.src = url;
  }

  #playWith(Player: typeof Hls, url: string): void {
    const hls = new Player({
      // Its worker would be a blob, which the page's Content-Security-Policy does not let run.
      enableWorker: false,
      liveSyncDurationCount: behind,
      liveMaxLatencyDurationCount: 4 * behind,
      maxLiveSyncPlaybackRate: catchUpRate,
      backBufferLength: 10,
    });
    this.#hls = hls;
    hls.on(Player.Events.ERROR, (_, { fatal, type, details }) => {
      if (!fatal || this.#stopped) return;
      if (type === Player.ErrorTypes.NETWORK_ERROR) return this.#events.gone();
      if (type !== Player.ErrorTypes.MEDIA_ERROR)
        return this.#events.failed(`The player gave up: ${details}.`);
      if (this.#mayRecover()) return hls.recoverMediaError();
      this.#events.failed(`This browser cannot play what is in it (${details}). Another one may.`);
    });
    hls.loadSource(url);
    hls.attachMedia(this.#video);
  }

  #mayRecover(): boolean {
    const now = performance.now();
    this.#recovered = this.#recovered.filter((at) => now - at < recoveries.withinMs);
    return this.#recovered.push(now) <= recoveries.most;
  }
}
