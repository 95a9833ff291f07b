/** One context for the page: browsers allow only a few. */
let context: AudioContext | undefined;

/** The loudness of a track, read whenever someone wants to know. */
export class Level {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    context ??= new AudioContext();
    // Without a gesture a context starts suspended; while the page captures, browsers let it start by itself.
    void context.resume().catch(() => undefined);
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = new AnalyserNode(context, { fftSize: 512 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** Root mean square of the latest 11 ms, 0 to 1. */
  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.sqrt(sum / this.#samples.length);
  }

  close(): void {
    this.#source.disconnect();
  }
}
