import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { PublishTab, noPlaylist, publish } from './support/publish.mjs';
import { suite } from './support/suite.mjs';
import { WatchTab } from './support/watch.mjs';

const test = suite();
const withGateway = { host: ['--hls', 'on'] };

test(
  'who waits at /watch sees and hears what is published, its end, and its next beginning',
  withGateway,
  async (stage) => {
    const viewer = await WatchTab.open(stage);
    await viewer.is('waiting');
    const publisher = await publish(stage);
    await viewer.plays();
    await viewer.hears();
    // And so does who publishes, under the links.
    const own = publisher.page.locator('parley-player');
    await publisher.tab.shows(own.locator('video'), 'the publisher sees the stream');

    await publisher.stop();
    await viewer.is('ended');
    await publisher.start();
    await viewer.plays();
  },
);

test(
  'in a room one goes live, the others see the link, and what is behind it',
  withGateway,
  async (stage) => {
    const ada = await stage.join('Ada');
    const bob = await stage.join('Bob');
    await ada.meets('Bob');
    const link = bob.page.getByRole('link', { name: 'Ada is live' });
    await ada.button('Go live').click();
    await ada.page.getByRole('link', { name: 'You are live' }).waitFor();
    await link.waitFor();
    const cy = await stage.join('Cy');
    await cy.page.getByRole('link', { name: 'Ada is live' }).waitFor();

    const viewer = await WatchTab.open(
      stage,
      new URL(await link.evaluate(({ href }) => href)).pathname.slice(7),
    );
    await viewer.plays();
    await viewer.hears();
    await ada.meets('Bob', 'Cy');

    await ada.button('Stop streaming').click();
    await link.waitFor({ state: 'detached' });
    await viewer.is('ended');
  },
);

test('a host without a media gateway offers nobody to go live', async (stage) => {
  const ada = await stage.open('about:blank', { label: 'Ada' });
  const asked = ada.page.waitForResponse('**/healthz');
  await ada.page.goto(`${stage.host.url}/r/otter?autojoin&name=Ada`);
  await (await asked).finished();
  await ada.page.locator('parley-room .live button').waitFor({ state: 'hidden' });
});

test(
  'a gateway that dies costs the publisher and the viewers some seconds, and the host nothing',
  withGateway,
  async (stage) => {
    const publisher = await publish(stage);
    const viewer = await WatchTab.open(stage);
    await viewer.plays();
    const gateway = Number(/gateway-start process=(\d+)/.exec(stage.host.log)?.[1]);
    process.kill(gateway, 'SIGKILL');
    const killed = Date.now();
    await publisher.says('streaming', 'Interrupted');
    await publisher.says('streaming', 'Streaming');
    const took = Date.now() - killed;
    assert.ok(took < 5_000, `it took ${took} ms until the camera was published again`);
    const health = await (await fetch(`${stage.host.url}/healthz`)).json();
    assert.equal(health.status, 'ok');
    await viewer.plays();
  },
);

test('a publisher whose socket is lost for five seconds goes on', withGateway, async (stage) => {
  const proxy = await stage.proxy();
  const publisher = await PublishTab.open(stage.open, {
    settings: { 'WebSocket port': new URL(proxy.url).port },
  });
  publisher.tab.expectProblem(/WebSocket connection to .* failed|net::ERR_/);
  publisher.tab.expectProblem(noPlaylist);
  await publisher.start();
  await publisher.says('streaming', 'Streaming');
  const viewer = await WatchTab.open(stage);
  await viewer.plays();
  const began = await viewer.video.evaluate(({ currentTime }) => currentTime);
  proxy.sever();
  await publisher.says('signaling', 'No connection');
  await setTimeout(5_000);
  proxy.mend();
  await publisher.says('signaling', 'Joined');
  await publisher.says('streaming', 'Streaming');
  await viewer.plays();
  assert.ok(
    (await viewer.video.evaluate(({ currentTime }) => currentTime)) >= began,
    'it did not begin anew',
  );
});
