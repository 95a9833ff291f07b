// Cameras, microphones and devices that are switched in the midst of a stream, on the page at /publish: whoever watches goes on.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { launch } from '../browser/support/browser.mjs';
import { startHost, temporaryFolder } from '../conformance/host.mjs';
import { Firefox } from './firefox.mjs';
import { names, until } from './gateway.mjs';
import { FfPlay, HlsJs, Mpv, WatchPage } from './players.mjs';

const sim = '923244219594';
const web = fileURLToPath(new URL('../../build/dist/web', import.meta.url));

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** In the page: presses a button, or chooses another device where there is one; false where there is no such thing yet. */
function doInPage({ press, choose }) {
  const find = (root, wanted) => {
    for (const element of root.querySelectorAll('*')) {
      if (wanted(element)) return element;
      const inside = element.shadowRoot && find(element.shadowRoot, wanted);
      if (inside) return inside;
    }
    return null;
  };
  const nameOf = (element) => (element.getAttribute('aria-label') ?? element.textContent).trim();
  const element = press
    ? find(document, (each) => each.localName === 'button' && nameOf(each) === press)
    : find(document, (each) => each.matches(`select[data-device=${choose}]`));
  if (!element) return false;
  if (press) {
    element.click();
  } else {
    element.selectedIndex = (element.selectedIndex + 1) % element.options.length;
    element.dispatchEvent(new Event('change'));
  }
  return true;
}

const isStreaming = () => document.querySelector('parley-publish')?.dataset.streaming === 'connected';

const camera = { press: 'Camera' };
const microphone = { press: 'Microphone' };
const otherMicrophone = { choose: 'microphone' };
/** Off, on, and for one that is off the other; and what is used is another device. */
const switches = [
  ...[camera, camera, microphone, microphone, otherMicrophone],
  ...[camera, microphone, camera, microphone, otherMicrophone],
];

/** Looks at the playlist more often than any player, and remembers what must not be in it. */
class Witness {
  ends = 0;
  #timer;
  constructor(playlist) {
    this.#timer = setInterval(async () => {
      const text = await playlist().catch(() => '');
      if (text.includes('#EXT-X-ENDLIST')) this.ends++;
    }, 100);
  }
  stop() {
    clearInterval(this.#timer);
  }
}

async function publishAndSwitch(t, open) {
  const host = await startHost(t, { web, args: ['--hls', 'on'], env: { TMPDIR: temporaryFolder(t) } });
  const page = await open(`${host.url}/publish/${sim}`);
  const url = `${host.url}/${sim}/1.m3u8`;
  const playlist = async () => (await fetch(url)).text();
  const later = async (text, count) =>
    names(await playlist()).filter((name) => !text.includes(name)).length >= count;
  const streams = () => page.evaluate(isStreaming);

  // Once there is a camera it begins.
  const begins = async () =>
    (await streams()) || void (await page.evaluate(doInPage, { press: 'Start streaming' }));
  await until(begins, 'it streams', 30);
  await until(() => later('', 3), 'three segments', 30);
  const players = await Promise.all(
    [HlsJs, Mpv, FfPlay, WatchPage].map((Player) => Player.open({ url, browser, host, sim })),
  );
  t.after(() => Promise.all(players.map((player) => player.close())));
  for (const player of players)
    await until(async () => (await player.played()) > 0, `${player.name} plays`, 30);

  const witness = new Witness(playlist);
  t.after(() => witness.stop());
  for (const what of switches) {
    const before = await playlist();
    await until(() => page.evaluate(doInPage, what), `there is ${JSON.stringify(what)}`);
    await until(() => later(before, 2), `it goes on after ${JSON.stringify(what)}`, 30);
  }
  for (const player of players) {
    const played = await player.played();
    await until(
      async () => (await player.played()) > played + 2,
      `${player.name} plays on, past ${played}`,
      20,
    );
    assert.deepEqual(await player.complaints(), [], player.name);
  }
  witness.stop();
  assert.equal(witness.ends, 0, 'the playlist did not end');
  assert.ok(await streams());

  await page.evaluate(doInPage, { press: 'Stop' });
  await until(async () => (await playlist()).includes('#EXT-X-ENDLIST'), 'whoever stops has an end', 10);
}

const seconds = { timeout: 150_000 };

test('ten switches in Chromium: hls.js, mpv, ffplay and /watch go on', seconds, (t) =>
  publishAndSwitch(t, async (url) => {
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.goto(url);
    return page;
  }),
);

test('ten switches in Firefox: hls.js, mpv, ffplay and /watch go on', seconds, (t) =>
  publishAndSwitch(t, async (url) => {
    const firefox = await Firefox.open(url);
    t.after(() => firefox.close());
    return firefox;
  }),
);
