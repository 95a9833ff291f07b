// From opening the second tab to the other's first frame in it, beside what else one could build a call with.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launch } from '../browser/support/browser.mjs';
import { Host } from '../browser/support/host.mjs';
import { judge, median, printTable } from './report.mjs';

const rounds = 15;
const slowRounds = 3;
const slowCameraMs = 2_000;
/** What a first tab needs to have its camera and be in the room. */
const settleMs = 500;
const patienceMs = 15_000;

export async function run() {
  const host = await Host.start();
  const pages = await startServer('page_server.mjs');
  const peerServer = await startServer('peer_server.mjs');
  const browser = await launch('fake');
  let rooms = 0;
  const contenders = {
    Parley: () => ({ first: `${host.url}/r/bench-${++rooms}?autojoin&name=Ada` }),
    'least page': () => ({ first: `${pages.url}/least.html` }),
    'least page, connects first': () => ({ first: `${pages.url}/least-first.html` }),
    'simple-peer': () => ({ first: `${pages.url}/simple-peer.html` }),
    PeerJS: () => {
      const hash = `#bench-${++rooms},${peerServer.port}`;
      return { first: `${pages.url}/peerjs.html${hash}`, second: `${pages.url}/peerjs.html?second${hash}` };
    },
  };

  const measure = async (count, cameraMs) => {
    const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let round = 0; round < count; ++round) {
      // In turn, so that whatever the machine is up to meets all of them, and none always comes after the same.
      const order = Object.entries(contenders);
      for (const [name, addresses] of round % 2 ? order.toReversed() : order) {
        times[name].push(await firstFrame(browser, addresses(), cameraMs));
      }
    }
    return times;
  };

  try {
    await measure(1, 0); // warms up the browser's disk and code caches
    const usual = await measure(rounds, 0);
    const slow = await measure(slowRounds, slowCameraMs);
    printTable(
      ['tab open → first remote frame', 'camera at once', 'camera after 2 s'],
      Object.keys(contenders).map((name) => [name, ms(usual[name]), ms(slow[name])]),
    );
    // Round by round, as those of a round ran within seconds of each other.
    const ratio = (times, other) =>
      median(
        times.Parley.map((ours, round) => ours / times[other][round]),
        (each) => each,
      );
    const least = Math.max(ratio(usual, 'least page'), ratio(usual, 'least page, connects first'));
    return judge([
      { what: 'of simple-peer’s', reached: ratio(usual, 'simple-peer'), atMost: 0.85 },
      { what: 'of the least page’s, the faster one', reached: least, atMost: 1.15 },
      { what: 'of simple-peer’s, camera after 2 s', reached: ratio(slow, 'simple-peer'), atMost: 0.3 },
    ]);
  } finally {
    await browser.close();
    peerServer.stop();
    pages.stop();
    await host.stop();
  }
}

const ms = (times) => `${median(times, (each) => each).toFixed(0)} ms`;

/** In milliseconds since the second tab was told to open the page. */
async function firstFrame(browser, { first, second = first }, cameraMs) {
  const contexts = [];
  const open = async (address) => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.addInitScript(instrument, cameraMs);
    await page.goto(address, { waitUntil: 'commit' });
    return page;
  };
  try {
    const there = await open(first);
    await there.waitForFunction(() => window.cameraAt > 0, null, { timeout: patienceMs });
    await there.waitForTimeout(settleMs);
    const newcomer = await open(second);
    const seen = await newcomer.waitForFunction(() => window.firstFrameAt, null, { timeout: patienceMs });
    return await seen.jsonValue();
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
}

/**
 * Runs in the page before anything else: notes when the first frame of somebody else's is shown, and keeps the camera
 * back. The same for all contenders.
 */
function instrument(cameraMs) {
  const own = new Set();
  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    if (cameraMs > 0) await new Promise((resolve) => setTimeout(resolve, cameraMs));
    const media = await getUserMedia(constraints);
    for (const track of media.getTracks()) own.add(track.id);
    window.cameraAt ??= performance.now();
    return media;
  };
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    get,
    set(stream) {
      set.call(this, stream);
      if (!(this instanceof HTMLVideoElement) || stream?.getTracks().some(({ id }) => own.has(id))) return;
      this.requestVideoFrameCallback(() => (window.firstFrameAt ??= performance.now()));
    },
  });
}

async function startServer(name) {
  const script = fileURLToPath(new URL(`rivals/${name}`, import.meta.url));
  const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(server.stdout), 'line');
  const port = Number(/listening on (\d+)/.exec(line)[1]);
  return { port, url: `http://127.0.0.1:${port}`, stop: () => server.kill() };
}
