// The media gateway: what a stream that is passed through costs it, beside ffmpeg, which gets the same stream as plain
// RTP and copies it into segments; and how old a picture is when a player shows it.

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
/** Until both write segments and nobody starts anything any more. */
const settleMs = 6_000;
const measureMs = 15_000;
const manyStreams = 8;
const ticksPerSecond = 100;
const ages = 40;

export async function run() {
  const single = [];
  for (let round = 0; round < rounds; ++round) single.push(await cpuOf(1));
  const many = await cpuOf(manyStreams);
  const age = await ageOfPictures();
  const row = (what, percent) => [what, `${percent.toFixed(2)} %`];
  const gateway = median(single, (each) => each.gateway);
  printTable(
    ['640×480, 30 frames a second, 1 Mbit/s H.264, Opus', 'of a core'],
    [
      row('the gateway, one stream', gateway),
      row(`the gateway, each of ${manyStreams}`, many.gateway / manyStreams),
      row(
        'ffmpeg -c copy, one stream',
        median(single, (each) => each.ffmpeg),
      ),
    ],
  );
  console.log(
    `\nFrom the camera to the screen, by a clock in the picture, of ${ages} pictures: ${(age.p50 / 1000).toFixed(2)} s, ` +
      `at most ${(age.longest / 1000).toFixed(2)} s.`,
  );
  return judge([
    { what: 'CPU of one stream', atMost: 4, reached: gateway, unit: ' %' },
    {
      what: 'CPU of one stream, of ffmpeg’s',
      atMost: 1.5,
      reached: median(single, (each) => each.gateway / each.ffmpeg),
    },
    { what: 'from the camera to the screen', atMost: 3.5, reached: age.p50 / 1000, unit: ' s' },
  ]);
}

/** In per cent of a core, of all streams together; ffmpeg has the first. */
async function cpuOf(streams) {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const host = await Host.start('--hls', 'on');
  const publishers = [];
  let copier;
  try {
    const [video, audio] = [await freeUdpPort(), await freeUdpPort()];
    copier = await copyWithFfmpeg(folder, video, audio);
    for (let n = 0; n < streams; ++n) {
      const publisher = new Publisher(...chains(n === 0 ? [video, audio] : null));
      publishers.push(publisher);
      await publishByWhip(host, publisher, String(900_000_000 + n));
    }
    const gateway = Number(/gateway-start process=(\d+)/.exec(host.log)[1]);
    await setTimeout(settleMs);
    const before = [await ticks(gateway), await ticks(copier.pid)];
    const began = performance.now();
    await setTimeout(measureMs);
    const after = [await ticks(gateway), await ticks(copier.pid)];
    const seconds = (performance.now() - began) / 1000;
    const playlist = await readFile(join(folder, 'copy.m3u8'), 'utf8').catch(() => '');
    if (!playlist.includes('#EXTINF')) throw new Error('ffmpeg has made no segment.');
    const [ours, theirs] = [0, 1].map((at) => ((after[at] - before[at]) / ticksPerSecond / seconds) * 100);
    return { gateway: ours, ffmpeg: theirs };
  } finally {
    for (const publisher of publishers) publisher.end();
    if (copier) {
      const exited = once(copier, 'exit');
      copier.kill('SIGKILL');
      await exited;
    }
    await host.stop();
    await rm(folder, { recursive: true });
  }
}

/** Pictures and sounds for the gateway and, in the same packets, for whoever listens at these ports. */
function chains(ports) {
  const pictures =
    'videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=480,framerate=30/1 ! ' +
    'openh264enc gop-size=30 complexity=low rate-control=bitrate bitrate=1000000 ! ' +
    'video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 ! ' +
    'application/x-rtp,media=video,encoding-name=H264,payload=96';
  const sounds =
    'audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay ! ' +
    'application/x-rtp,media=audio,encoding-name=OPUS,payload=111';
  if (!ports) return [`${pictures} ! publisher.`, `${sounds} ! publisher.`];
  const both = (name, port) =>
    `tee name=${name} ${name}. ! queue ! publisher. ${name}. ! queue ! udpsink host=127.0.0.1 port=${port}`;
  return [`${pictures} ! ${both('v', ports[0])}`, `${sounds} ! ${both('a', ports[1])}`];
}

async function copyWithFfmpeg(folder, video, audio) {
  const session = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=video ${video} RTP/AVP 96`,
    'a=rtpmap:96 H264/90000',
    `m=audio ${audio} RTP/AVP 111`,
    'a=rtpmap:111 opus/48000/2',
    '',
  ];
  await writeFile(join(folder, 'in.sdp'), session.join('\r\n'));
  const input = ['-protocol_whitelist', 'file,udp,rtp', '-i', 'in.sdp', '-c', 'copy'];
  const output = ['-f', 'hls', '-hls_time', '1', '-hls_flags', 'delete_segments', 'copy.m3u8'];
  return spawn('ffmpeg', ['-v', 'error', '-nostdin', ...input, ...output], { cwd: folder, stdio: 'ignore' });
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

async function freeUdpPort() {
  // RTP's ports are even: the next one is RTCP's.
  for (;;) {
    const probe = createSocket('udp4');
    probe.bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    if (port % 2 === 0) return port;
  }
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
