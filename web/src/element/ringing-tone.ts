/** One struck note: it is loudest at once, and fades. */
interface Note {
  at: number;
  hertz: number;
}

/** A phrase that is played again and again; times in seconds. */
interface Phrase {
  lasts: number;
  notes: Note[];
}

/** Somebody calls: a phrase of struck wood, twice, and time to breathe. */
const incoming: Phrase = {
  lasts: 3.2,
  notes: [0, 0.9].flatMap((at) => [
    { at, hertz: 659.26 },
    { at: at + 0.14, hertz: 830.61 },
    { at: at + 0.28, hertz: 987.77 },
    { at: at + 0.5, hertz: 830.61 },
  ]),
};

/** It rings at the other end: two low notes, far away. */
const outgoing: Phrase = {
  lasts: 3.2,
  notes: [
    { at: 0, hertz: 329.63 },
    { at: 0.45, hertz: 246.94 },
  ],
};

const loudness = { incoming: 0.5, outgoing: 0.16 };
/** To a third of its loudness, in seconds. */
const fade = 0.22;
/** Rises and ends take that long, in seconds: anything shorter clicks. */
const ramp = 0.006;

/**
 * The sound of a call that nobody has answered yet. The phrase is computed once and looped by the browser's audio
 * thread, so that it goes on in a tab whose timers are slowed down because nobody looks at it.
 */
export class RingingTone {
  #context: AudioContext | null = null;
  #playing: { source: AudioBufferSourceNode; gain: GainNode } | null = null;

  /** To be called from a gesture: some browsers let a page make sounds only from then on. */
  unlock(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    const rest = (): void => void (this.#playing ?? context.suspend());
    context.resume().then(rest, () => undefined);
  }

  start(direction: 'incoming' | 'outgoing'): void {
    this.stop();
    this.#context ??= new AudioContext();
    const context = this.#context;
    const phrase = direction === 'incoming' ? incoming : outgoing;
    const source = new AudioBufferSourceNode(context, { buffer: recorded(phrase, context), loop: true });
    const gain = new GainNode(context, { gain: loudness[direction] });
    source.connect(gain).connect(context.destination);
    source.start();
    this.#playing = { source, gain };
    // Where no gesture has allowed it, the call is still to be seen.
    void context.resume().catch(() => undefined);
  }

  stop(): void {
    const context = this.#context;
    if (!context || !this.#playing) return;
    const { source, gain } = this.#playing;
    this.#playing = null;
    gain.gain.setTargetAtTime(0, context.currentTime, ramp);
    source.stop(context.currentTime + 10 * ramp);
    source.onended = () => {
      gain.disconnect();
      // A running context keeps the sound card awake for as long as the page is open.
      if (!this.#playing) void context.suspend();
    };
  }
}

function recorded({ lasts, notes }: Phrase, context: AudioContext): AudioBuffer {
  const rate = context.sampleRate;
  const buffer = context.createBuffer(1, Math.round(lasts * rate), rate);
  const samples = buffer.getChannelData(0);
  for (const { at, hertz } of notes) {
    const first = Math.round(at * rate);
    for (let index = first; index < samples.length; index++) {
      samples[index]! += struck(hertz, (index - first) / rate);
    }
  }
  return buffer;
}

/** A bar of wood: its ground tone, and the fourth partial that gives it the knock. */
function struck(hertz: number, seconds: number): number {
  const turns = 2 * Math.PI * hertz * seconds;
  const knock = 0.35 * Math.sin(4 * turns) * Math.exp(-seconds / (fade / 5));
  return Math.min(1, seconds / ramp) * Math.exp(-seconds / fade) * 0.5 * (Math.sin(turns) + knock);
}
