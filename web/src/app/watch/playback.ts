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

/** How often it is seen whether the picture moves; a playlist of 1 s segments changes as often. */
const lookEveryMs = 500;
/** Who watches is told that nothing comes; until then it may be what the player has in hand that is a little late. */
const noticeableMs = 2_000;
/**
 * The player stands still for so long while the playlist goes on: it will not get over that by itself. hls.js skips what is
 * missing within 3 s; a segment of 12 s, the longest, must have come in time.
 */
const restartAfterMs = 6_000;

export interface PlaybackEvents {
  /** The playlist cannot be had any more. */
  gone(): void;
  /** The browser cannot play what is in it. */
  failed(words: string): void;
  /** Nothing moves any more, since the stream pauses or is being found again; `playing` of the video says that it does. */
  stalled(): void;
}

/** One playlist (RFC 8216) in one <video>: by hls.js or, where there are no Media Source Extensions, by the browser. */
export class Playback {
  readonly #video: HTMLVideoElement;
  readonly #events: PlaybackEvents;
  readonly #url: string;
  #Hls: typeof Hls | null = null;
  #hls: Hls | null = null;
  #stopped = false;
  #recovered: number[] = [];
  #timer = 0;
  /** The picture's time when it last moved, and when that was. */
  #moved = { at: 0, when: performance.now() };
  #hasMoved = false;
  #toldStall = false;
  /** When the playlist last got longer. */
  #grew = 0;

  constructor(video: HTMLVideoElement, url: string, events: PlaybackEvents) {
    this.#video = video;
    this.#url = url;
    this.#events = events;
    this.#timer = window.setInterval(() => this.#look(), lookEveryMs);
    void this.#start();
  }

  /** How far the picture is behind what is newest in the playlist, in seconds, where that is known. */
  get latency(): number | null {
    return this.#hls && this.#hls.latency > 0 ? this.#hls.latency : null;
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#hls?.destroy();
    this.#hls = null;
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  async #start(): Promise<void> {
    let module: typeof import('./hls.js');
    try {
      module = (await import(hlsModule)) as typeof import('./hls.js');
    } catch {
      return this.#events.failed('The player could not be loaded. Is the host still there?');
    }
    if (this.#stopped) return;
    const { Hls } = module;
    this.#moved.when = performance.now();
    if (Hls.isSupported()) {
      this.#Hls = Hls;
      return this.#playWith(Hls);
    }
    if (this.#video.canPlayType('application/vnd.apple.mpegurl') === '')
      return this.#events.failed(
        'This browser cannot play HLS. Try another one, or a player such as VLC or mpv.',
      );
    this.#video.onerror = () => this.#events.gone();
    this.#video.src = this.#url;
  }

  #playWith(Player: typeof Hls): void {
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
      // What was played until now can be played: it is this player that has had enough.
      if (this.#hasMoved) return this.#restart();
      this.#events.failed(`This browser cannot play what is in it (${details}). Another one may.`);
    });
    hls.on(Player.Events.LEVEL_UPDATED, (_, { details }) => {
      if (details.advanced) this.#grew = performance.now();
    });
    hls.loadSource(this.#url);
    hls.attachMedia(this.#video);
  }

  /** Whatever it is that a player does not get over, a new one begins with what is there now. */
  #restart(): void {
    this.#hasMoved = false;
    this.#moved = { at: this.#video.currentTime, when: performance.now() };
    this.#hls?.destroy();
    this.#recovered = [];
    if (this.#Hls) this.#playWith(this.#Hls);
    else this.#video.src = this.#url;
  }

  #look(): void {
    const now = performance.now();
    const { currentTime, paused, ended } = this.#video;
    if (currentTime !== this.#moved.at || paused || ended) {
      this.#hasMoved ||= currentTime !== this.#moved.at;
      this.#moved = { at: currentTime, when: now };
      this.#toldStall = false;
      return;
    }
    const still = now - this.#moved.when;
    if (still < noticeableMs) return;
    if (!this.#toldStall && this.#hasMoved) {
      this.#toldStall = true;
      this.#events.stalled();
    }
    // Of a browser's own player it is not known whether there is anything new.
    const goesOn = this.#hls ? now - this.#grew < restartAfterMs : true;
    if (still >= restartAfterMs && goesOn) this.#restart();
  }

  #mayRecover(): boolean {
    const now = performance.now();
    this.#recovered = this.#recovered.filter((at) => now - at < recoveries.withinMs);
    return this.#recovered.push(now) <= recoveries.most;
  }
}
