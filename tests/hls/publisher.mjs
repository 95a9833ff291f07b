// Publishers that are GStreamer's webrtcbin.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { loseWhatComesTooLate } from './child_input.mjs';

const built = process.env.PARLEY_BUILD ?? 'build/release';
export const publisherProgram = `${built}/tests/hls/parley_hls_publisher`;

const pictures = 'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1';

export const soundOf = (channels) =>
  `audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=48000,channels=${channels} ! opusenc ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! publisher.`;

const h264 = 'video/x-h264,profile=constrained-baseline';
const h264Sender =
  'rtph264pay config-interval=-1 ! application/x-rtp,media=video,encoding-name=H264,payload=96 ! publisher.';
/** It makes the first key frame that it is asked for, and no other. */
const oneKeyFrame = `${pictures} ! openh264enc gop-size=0 scene-change-detection=false complexity=low ! ${h264} ! identity name=deaf`;

/** A chain of elements into the webrtcbin, by codec. */
export const tracks = {
  h264: `${pictures} ! openh264enc gop-size=0 complexity=low ! ${h264} ! ${h264Sender}`,
  /** Noise, which cannot be compressed: a megabyte takes some seconds. */
  heavy: `videotestsrc is-live=true pattern=snow ! video/x-raw,width=640,height=480,framerate=15/1 ! openh264enc rate-control=bitrate bitrate=4000000 complexity=low ! ${h264} ! ${h264Sender}`,
  oneKeyFrame: `${oneKeyFrame} ! ${h264Sender}`,
  noKeyFrame: `${oneKeyFrame} ! identity name=spoiler ! ${h264Sender}`,
  /** A key frame every 5 s, as encoders for television have them. */
  rareKeyFrames: `${oneKeyFrame.replace('gop-size=0', 'gop-size=150')} ! ${h264Sender}`,
  vp8: `${pictures} ! vp8enc deadline=1 keyframe-max-dist=9999 ! rtpvp8pay ! application/x-rtp,media=video,encoding-name=VP8,payload=97 ! publisher.`,
  vp9: `${pictures} ! vp9enc deadline=1 cpu-used=8 keyframe-max-dist=9999 ! rtpvp9pay ! application/x-rtp,media=video,encoding-name=VP9,payload=98 ! publisher.`,
  opus: soundOf(2),
  /** Sound for a second, and then none, by a connection that stays. */
  briefOpus: soundOf(2).replace('audiotestsrc ', 'audiotestsrc num-buffers=50 '),
  /** Sound, and before and beside it packets of 20,000 SSRCs that the offer does not name. */
  crowd: soundOf(2).replace(' ! publisher.', ' ! identity name=crowd ! publisher.'),
  /** None at all. */
  noOpus: soundOf(2).replace(
    ' ! publisher.',
    ' ! valve drop=true drop-mode=forward-sticky-events ! publisher.',
  ),
};

/** The same, by a sender that does not say beforehand what its SSRC will be: these are gone from the caps. */
export const withoutSsrc = (chain) =>
  chain.replace(/ ! (application\/x-rtp,[^ ]*) ! publisher\.$/, (_, caps) => {
    const clockRate = caps.includes('audio') ? 48_000 : 90_000;
    return ` ! capssetter join=false replace=true caps=${caps},clock-rate=${clockRate} ! publisher.`;
  });

export class Publisher {
  #process;
  onSignal = () => {};
  #offer;
  /** Resolves once all of tracks.crowd has been sent. */
  crowdSent;

  static #all = new Set();

  static endAll() {
    for (const publisher of Publisher.#all) publisher.end();
  }

  /** One that is reached through that TURN server (an RTCIceServer) and in no other way. */
  static relayed({ urls: [url], username, credential }, ...chains) {
    const [, address] = /^turn:(.*)$/.exec(url);
    const server = `turn://${encodeURIComponent(username)}:${encodeURIComponent(credential)}@${address}`;
    return new Publisher(`ice-transport-policy=relay turn-server="${server}"`, ...chains);
  }

  constructor(...chains) {
    Publisher.#all.add(this);
    const pipeline = `webrtcbin name=publisher bundle-policy=max-bundle ${chains.join(' ')}`;
    this.#process = spawn(publisherProgram, [pipeline], { stdio: ['pipe', 'pipe', 'inherit'] });
    loseWhatComesTooLate(this.#process.stdin);
    const lines = createInterface({ input: this.#process.stdout });
    const said = (isMeant) =>
      new Promise((resolve) => {
        lines.on('line', (line) => {
          const what = JSON.parse(line);
          if (isMeant(what.type)) resolve(what);
        });
      });
    this.#offer = said((type) => type !== 'crowd');
    this.crowdSent = said((type) => type === 'crowd');
  }

  async offer() {
    this.onSignal({ description: await this.#offer });
  }

  signal({ description, candidate }) {
    this.#process.stdin.write(`${JSON.stringify(description ?? candidate)}\n`);
  }

  /** Goes without a word. */
  kill() {
    this.#process.kill('SIGKILL');
  }

  end() {
    Publisher.#all.delete(this);
    this.#process.stdin.end();
  }
}
