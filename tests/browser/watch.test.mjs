// What /watch/{sim} shows when there is nothing to see, or the browser does not show it.
import assert from 'node:assert/strict';
import { playNothingUnasked } from './support/media.mjs';
import { noPlaylist, publish, sim } from './support/publish.mjs';
import { suite } from './support/suite.mjs';
import { WatchTab } from './support/watch.mjs';

const test = suite();
const withGateway = { host: ['--hls', 'on'] };

/** Runs in the page before its scripts: while `unable` is set, the browser takes no media. */
function takeNoMedia() {
  window.unable = true;
  const { appendBuffer } = SourceBuffer.prototype;
  SourceBuffer.prototype.appendBuffer = function (bytes) {
    if (window.unable) throw new DOMException('What is that?', 'NotSupportedError');
    appendBuffer.call(this, bytes);
  };
}

test('an address that no stream can have says what is wrong with it', async ({ open }) => {
  const words = async (path) => {
    const { page } = await open(path);
    return page.getByRole('alert').textContent();
  };
  assert.equal(await words('/watch/foo'), 'A SIM number is 5 to 20 digits and nothing else.');
  for (const channel of ['x', '0', '100', '1.5', ''])
    assert.equal(
      await words(`/watch/${sim}?channel=${channel}`),
      'A stream’s cameras are numbered from 1 to 99.',
    );
});

test('a host that makes no HLS says so', async (stage) => {
  const viewer = await WatchTab.open(stage);
  await viewer.player.getByText('This host does not offer live streaming').waitFor();
});

test(
  'a number that nobody streams under is told from a host that does not answer',
  withGateway,
  async (stage) => {
    const viewer = await WatchTab.open(stage);
    await viewer.player.getByText('Nobody publishes under this number').waitFor();
    viewer.tab.expectProblem(/net::ERR_/);
    await stage.host.kill();
    await viewer.player.getByText('The host is not responding').waitFor();
    await stage.host.restart();
    await viewer.player.getByText('Nobody publishes under this number').waitFor();
  },
);

test('a browser that plays nothing unasked shows what to press', withGateway, async (stage) => {
  await publish(stage);
  const viewer = await WatchTab.open(stage, sim, { init: playNothingUnasked });
  await viewer.is('blocked');
  await viewer.player.getByRole('button', { name: 'Play' }).click();
  await viewer.plays();

  const ada = await stage.join('Ada', { room: sim, init: playNothingUnasked });
  ada.expectProblem(noPlaylist);
  const player = ada.page.locator('parley-tile[data-kind=stream] parley-player');
  await player.getByRole('button', { name: 'Play' }).click();
  await ada.shows(player.locator('video'), 'Ada watches the stream');
});

test(
  'what a browser cannot play is said, and tried again when it begins anew',
  withGateway,
  async (stage) => {
    const publisher = await publish(stage);
    const viewer = await WatchTab.open(stage, sim, { init: takeNoMedia });
    await viewer.is('failed');
    await viewer.player.getByText('This browser cannot play what is in it').waitFor();
    // It goes on looking, and leaves what it cannot play alone.
    for (let looks = 0; looks < 2; looks++) await viewer.tab.page.waitForResponse(/1\.m3u8/);
    await viewer.is('failed');

    await viewer.tab.page.evaluate(() => (window.unable = false));
    await publisher.stop();
    await publisher.start();
    await viewer.plays();
  },
);
