// The media gateway: what a stream that is passed through costs it, beside ffmpeg, which gets the same packets as plain
// RTP and makes segments of them; how many streams it holds at once; and how old a picture is when a player shows it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { launch } from '../browser/support/browser.mjs';
import { Host } from '../browser/support/host.mjs';
import { Publisher } from '../hls/publisher.mjs';
import { judge, median, printTable } from './report.mjs';

const rounds = 3;
/** Until all write segments and nobody starts anything any more. */
const settleMs = 6_000;
const measureMs = 15_000;
/** How many streams are tried at once, as long as all are held. */
const crowds = [8, 16, 32, 48, 64, 80, 96];
/** A stream is held if no more than this is missing of its segments of 1 s, and none is longer than that. */
const mayMiss = 2;
const longestSegment = 1.5;
const ticksPerSecond = 100;
const ages = 40;

/** What ffmpeg makes of the same packets: copies all, or does as the gateway does, since players need AAC. */
const copying = {
  'ffmpeg -c copy': ['-c', 'copy'],
  'ffmpeg -c:v copy -c:a aac': ['-c:v', 'copy', '-c:a', 'aac', '-b:a', '64k'],
};

export async function run() {
  const single = [];
  const silent = [];
  for (let round = 0; round < rounds; ++round) {
    single.push(await measure(1, Object.values(copying)));
    silent.push(await measure(1, [copying['ffmpeg -c copy']], { sound: false }));
  }
  const held = await largestCrowd();
  const age = await ageOfPictures();
  const row = (what, percent) => [what, `${percent.toFixed(2)} %`];
  const gateway = median(single, (each) => each.gateway);
  const rivals = Object.keys(copying);
  printTable(
    ['640×480, 30 frames a second, 1 Mbit/s H.264, Opus', 'of a core'],
    [
      row('the gateway, one stream', gateway),
      row(`the gateway, each of ${held.streams}`, held.gateway / held.streams),
      ...rivals.map((name, i) =>
        row(
          `${name}, one stream`,
          median(single, (each) => each.rivals[i]),
        ),
      ),
      row(
        'the gateway, one stream without sound',
        median(silent, (each) => each.gateway),
      ),
      row(
        'ffmpeg -c copy, one stream without sound',
        median(silent, (each) => each.rivals[0]),
      ),
    ],
  );
  console.log(
    `\nStreams at once, each with all of its segments: ${held.streams}${held.more}. The gateway takes ` +
      `${(held.gateway / 100).toFixed(2)} cores for them; who sends them is on this machine, too.\n` +
      `\nFrom the camera to the screen, by a clock in the picture, of ${ages} pictures: ${(age.p50 / 1000).toFixed(2)} s, ` +
      `at most ${(age.longest / 1000).toFixed(2)} s.`,
  );
  return judge([
    { what: 'CPU of one stream', atMost: 4, reached: gateway, unit: ' %' },
    ...rivals.map((name, i) => ({
      what: `CPU of one stream, of ${name}’s`,
      atMost: 1.5,
      reached: median(single, (each) => each.gateway / each.rivals[i]),
    })),
    {
      what: 'CPU of one stream without sound, of ffmpeg -c copy’s',
      atMost: 1.5,
      reached: median(silent, (each) => each.gateway / each.rivals[0]),
    },
    { what: 'from the camera to the screen', atMost: 3.5, reached: age.p50 / 1000, unit: ' s' },
  ]);
}

/** The largest one of which every stream is held, and what the gateway takes for it. */
async function largestCrowd() {
  let held;
  for (const streams of crowds) {
    const tried = await measure(streams, []);
    if (!tried.held) return { ...held, more: `, and not ${streams}` };
    held = { ...tried, streams };
  }
  return { ...held, more: ' or more' };
}

/** Processor time in per cent of a core: the gateway's for all streams, and each rival's for the first one. */
async function measure(streams, rivals, { sound = true } = {}) {
  const most = String(2 * crowds.at(-1));
  const host = await Host.start(
    ...['--hls', 'on', '--hls-workers', '1', '--max-connections', most, '--max-streams', most],
    ...['--pending-streams-per-address', most],
  );
  const publishers = [];
  const copiers = [];
  try {
    for (const codecs of rivals) copiers.push(await Copier.start(codecs, sound));
    const others = [];
    while (others.length < streams - 1) others.push(await freeUdpPorts());
    publishers.push(new Publisher(...sourceFor([...copiers.map(({ ports }) => ports), ...others], sound)));
    for (const ports of others) publishers.push(new Publisher(...relayFrom(ports)));
    for (const [n, publisher] of publishers.entries()) await publishByWhip(host, publisher, simOf(n));
    const gateway = Number(/gateway-start process=(\d+)/.exec(host.log)[1]);
    const pids = [gateway, ...copiers.map(({ pid }) => pid)];
    await setTimeout(settleMs);
    const segmentsBefore = await Promise.all(publishers.map((_, n) => segmentsOf(host, simOf(n))));
    const before = await Promise.all(pids.map(ticks));
    const began = performance.now();
    await setTimeout(measureMs);
    const after = await Promise.all(pids.map(ticks));
    const seconds = (performance.now() - began) / 1000;
    const segmentsAfter = await Promise.all(publishers.map((_, n) => segmentsOf(host, simOf(n))));
    for (const copier of copiers) await copier.check();
    const [ours, ...theirs] = pids.map(
      (_, at) => ((after[at] - before[at]) / ticksPerSecond / seconds) * 100,
    );
    const isHeld = ({ next, longest }, n) =>
      next - segmentsBefore[n].next >= measureMs / 1000 - mayMiss && longest <= longestSegment;
    return { gateway: ours, rivals: theirs, held: segmentsAfter.every(isHeld) };
  } finally {
    for (const publisher of publishers) publisher.end();
    await Promise.all(copiers.map((copier) => copier.end()));
    await host.stop();
  }
}

const simOf = (n) => String(900_000_000 + n);

/** Which segment of a stream comes next, and how long the longest is that its playlist lists. */
async function segmentsOf(host, sim) {
  const playlist = await (await fetch(`${host.url}/${sim}/1.m3u8`)).text();
  const lengths = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, length]) => Number(length));
  const first = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1] ?? 0);
  return { next: first + lengths.length, longest: Math.max(...lengths) };
}

const h264 = 'application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000';
const opus = 'application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000';

/** Pictures and sounds (one channel, as browsers send) for a gateway and, in the same packets, for these ports. */
function sourceFor(listeners, sound) {
  const pictures =
    'videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=480,framerate=30/1 ! ' +
    'openh264enc gop-size=30 complexity=low rate-control=bitrate bitrate=1000000 ! ' +
    `video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 ! ${h264}`;
  const sounds =
    'audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay ! ' +
    opus;
  const spread = (name, ports) => {
    const clients = ports.map((port) => `127.0.0.1:${port}`).join(',');
    const toClients = clients && `${name}. ! queue ! multiudpsink clients=${clients}`;
    return `tee name=${name} ${name}. ! queue ! publisher. ${toClients}`;
  };
  const chains = [
    `${pictures} ! ${spread(
      'v',
      listeners.map(({ video }) => video),
    )}`,
    `${sounds} ! ${spread(
      'a',
      listeners.map(({ audio }) => audio),
    )}`,
  ];
  return sound ? chains : chains.slice(0, 1);
}

/** The packets that come there, for a gateway: another stream, without another encoder. */
function relayFrom({ video, audio }) {
  const from = (port, caps) => `udpsrc address=127.0.0.1 port=${port} ! ${caps} ! publisher.`;
  return [from(video, h264), from(audio, opus)];
}

/** An ffmpeg that makes segments of plain RTP. */
class Copier {
  static async start(codecs, sound) {
    const copier = new Copier();
    copier.folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
    copier.ports = await freeUdpPorts();
    const session = [
      'v=0',
      'o=- 0 0 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=video ${copier.ports.video} RTP/AVP 96`,
      'a=rtpmap:96 H264/90000',
      ...(sound ? [`m=audio ${copier.ports.audio} RTP/AVP 111`, 'a=rtpmap:111 opus/48000/2'] : []),
      '',
    ];
    await writeFile(join(copier.folder, 'in.sdp'), session.join('\r\n'));
    const input = ['-protocol_whitelist', 'file,udp,rtp', '-i', 'in.sdp', ...codecs];
    const output = ['-f', 'hls', '-hls_time', '1', '-hls_flags', 'delete_segments', 'copy.m3u8'];
    copier.process = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...input, ...output], {
      cwd: copier.folder,
      stdio: 'ignore',
    });
    return copier;
  }

  get pid() {
    return this.process.pid;
  }

  async check() {
    const playlist = await readFile(join(this.folder, 'copy.m3u8'), 'utf8').catch(() => '');
    if (!playlist.includes('#EXTINF')) throw new Error('ffmpeg has made no segment.');
  }

  async end() {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
    await rm(this.folder, { recursive: true });
  }
}

async function publishByWhip(host, publisher, sim) {
  const offer = await new Promise((resolve) => {
    publisher.onSignal = ({ description }) => resolve(description);
    void publisher.offer();
  });
  const response = await fetch(`${host.url}/whip/${sim}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp' },
    body: offer.sdp,
  });
  if (response.status !== 201) throw new Error(`WHIP: ${response.status} ${await response.text()}`);
  publisher.signal({ description: { type: 'answer', sdp: await response.text() } });
}

/** Of the processor, user and system, since the process began (proc(5)). */
async function ticks(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return Number(user) + Number(system);
}

async function freeUdpPorts() {
  return { video: await freeUdpPort(), audio: await freeUdpPort() };
}

/** Below those that the system gives to ICE agents and others, who would take one that is free for the moment. */
const udpPorts = { first: 10_000, last: 32_000 };
let nextUdpPort = udpPorts.first + 2 * Math.floor(Math.random() * 5_000);

async function freeUdpPort() {
  // RTP's ports are even: the next one is RTCP's.
  for (; nextUdpPort < udpPorts.last; nextUdpPort += 2) {
    const probe = createSocket('udp4');
    const bound = await new Promise((resolve) => {
      probe.once('error', () => resolve(false));
      probe.bind(nextUdpPort, '127.0.0.1', () => resolve(true));
    });
    probe.close();
    if (bound) return (nextUdpPort += 2) - 2;
  }
  throw new Error('There is no free UDP port.');
}

/** In milliseconds: a page publishes a clock, another plays it. */
async function ageOfPictures() {
  const host = await Host.start('--hls', 'on');
  const browser = await launch('fake');
  try {
    const sim = '923244219594';
    const publisher = await browser.newPage();
    await publisher.addInitScript(filmClock);
    await publisher.goto(`${host.url}/publish/${sim}`);
    await publisher.getByRole('button', { name: 'Start streaming' }).click();
    const viewer = await browser.newPage();
    await viewer.goto(`${host.url}/watch/${sim}`);
    await viewer.locator('parley-player[data-state=playing]').waitFor();
    await setTimeout(settleMs);
    const seen = await viewer.locator('parley-player video').evaluate(readClock, ages);
    seen.sort((a, b) => a - b);
    return { p50: seen[seen.length >> 1], longest: seen.at(-1) };
  } finally {
    await browser.close();
    await host.stop();
  }
}

/** Runs in the publisher's page: its camera films the time of day, a bit a square. */
function filmClock() {
  navigator.mediaDevices.getUserMedia = async () => {
    const [columns, rows, square] = [8, 6, 80];
    const canvas = document.createElement('canvas');
    canvas.width = columns * square;
    canvas.height = rows * square;
    const context = canvas.getContext('2d');
    setInterval(() => {
      const now = Date.now();
      for (let bit = 0; bit < columns * rows; ++bit) {
        context.fillStyle = Math.floor(now / 2 ** bit) % 2 ? '#fff' : '#000';
        context.fillRect((bit % columns) * square, Math.floor(bit / columns) * square, square, square);
      }
    }, 33);
    return canvas.captureStream(30);
  };
}

/** Runs in the viewer's page: how long ago the pictures were filmed. */
async function readClock(video, count) {
  const [columns, rows] = [8, 6];
  const canvas = new OffscreenCanvas(columns * 8, rows * 8);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const seen = [];
  while (seen.length < count) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    let time = 0;
    for (let bit = 0; bit < columns * rows; ++bit) {
      const [light] = context.getImageData(
        (bit % columns) * 8 + 4,
        Math.floor(bit / columns) * 8 + 4,
        1,
        1,
      ).data;
      if (light > 127) time += 2 ** bit;
    }
    seen.push(Date.now() - time);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return seen;
}
