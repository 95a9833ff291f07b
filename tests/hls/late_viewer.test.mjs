// Who begins to watch in the midst of a stream whose key frames are far apart, as OBS sends them unless told otherwise.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { launch } from '../browser/support/browser.mjs';
import { startHost, temporaryFolder } from '../conformance/host.mjs';
import { names, until } from './gateway.mjs';
import { Publisher, tracks } from './publisher.mjs';

const sim = '923244219594';
const web = fileURLToPath(new URL('../../build/dist/web', import.meta.url));

async function publishByWhip(t, endpoint) {
  const publisher = new Publisher(tracks.rareKeyFrames, tracks.opus);
  t.after(() => publisher.end());
  const offered = new Promise((resolve) => (publisher.onSignal = resolve));
  await publisher.offer();
  const { description } = await offered;
  const headers = { 'Content-Type': 'application/sdp' };
  const response = await fetch(endpoint, { method: 'POST', headers, body: description.sdp });
  publisher.signal({ description: { type: 'answer', sdp: await response.text() } });
}

test(
  'a late viewer sees a stream with a key frame every 5 s, and goes on',
  { timeout: 90_000 },
  async (t) => {
    const host = await startHost(t, { web, args: ['--hls', 'on'], env: { TMPDIR: temporaryFolder(t) } });
    await publishByWhip(t, `${host.url}/whip/${sim}`);
    const listed = async () => names(await (await fetch(`${host.url}/${sim}/1.m3u8`)).text()).length;
    await until(async () => (await listed()) >= 2, 'two segments', 30);

    const browser = await launch();
    t.after(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${host.url}/watch/${sim}`);
    const video = page.locator('parley-player video');
    await video.waitFor();
    const played = () => video.evaluate((element) => element.currentTime);
    const began = await until(async () => (await played()) > 0 && (await played()), 'it plays', 20);
    await until(async () => (await played()) > began + 8, 'it plays on, past two key frames', 30);
    const seen = await video.evaluate((element) => element.getVideoPlaybackQuality().totalVideoFrames);
    assert.ok(seen > 100, `${seen} frames in 8 s`);
  },
);
