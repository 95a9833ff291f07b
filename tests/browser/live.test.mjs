// *Go live* in a room's head, when it does not go as it should.
import assert from 'node:assert/strict';
import { suite } from './support/suite.mjs';
import { WatchTab } from './support/watch.mjs';

const test = suite();
const withGateway = { host: ['--hls', 'on'] };

/**
 * Runs in each page before its scripts: once `blocked` is set, connections find no way, as where a firewall lets no UDP
 * through. Waits of the page take as long as `waits` has it for them, since nobody is to sit through them: in milliseconds, by
 * what they are.
 */
function prepare(waits) {
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration) {
      super(window.blocked ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
    }
  };
  const wait = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => wait(act, waits[ms] ?? ms, ...rest);
}

/** In the room, with what *Go live* needs loaded. */
async function member(stage, name, { waits = {}, ...options } = {}) {
  const tab = await stage.join(name, {
    init: { content: `(${prepare})(${JSON.stringify(waits)})` },
    ...options,
  });
  await tab.loaded();
  await tab.sees(name);
  return tab;
}

test('a socket that is cut while it begins is the end of it, and said', withGateway, async (stage) => {
  const proxy = await stage.proxy();
  const ada = await member(stage, 'Ada', { at: proxy.url });
  const isJoin = (message, direction) => direction === 'up' && message.includes('"simNumber"');
  const cut = proxy.cutAt(isJoin);
  ada.expectProblem(/WebSocket connection to .* failed|net::ERR_/);
  await ada.button('Go live').click();
  await cut;
  await ada.page.getByText('The host does not take the stream.').waitFor();
  await ada.button('Go live').waitFor();
  // It would have tried again by now; an error there is one that the browser complains of.
  await ada.page.waitForTimeout(1_500);
  assert.deepEqual(await ada.page.getByRole('link', { name: 'You are live' }).count(), 0);
});

test('where no way to the host is found it gives up, and says so', withGateway, async (stage) => {
  const ada = await member(stage, 'Ada', { waits: { 20_000: 2_000 } });
  await ada.page.evaluate(() => (window.blocked = true));
  await ada.button('Go live').click();
  await ada.button('Stop streaming').waitFor();
  await ada.page.getByText('A firewall may be blocking UDP').waitFor();
  await ada.button('Go live').waitFor();
});

test(
  'a stream that is interrupted is said to be, and for so long that its link is taken back',
  withGateway,
  async (stage) => {
    const ada = await member(stage, 'Ada', { waits: { 30_000: 6_000, 15_000: 2_000 } });
    const bob = await stage.join('Bob');
    await ada.button('Go live').click();
    const link = bob.page.getByRole('link', { name: 'Ada is live' });
    await link.waitFor();

    await ada.page.evaluate(() => (window.blocked = true));
    process.kill(Number(/gateway-start process=(\d+)/.exec(stage.host.log)?.[1]), 'SIGKILL');
    await ada.page.getByText('Your stream is interrupted: ').waitFor();
    await link.waitFor();
    await link.waitFor({ state: 'detached' });
    await ada.page.getByText('Your stream is interrupted: ').waitFor();

    await ada.page.evaluate(() => (window.blocked = false));
    await link.waitFor();
    await ada.page.getByText('Your stream is interrupted').waitFor({ state: 'detached' });
    await ada.page.getByRole('link', { name: 'You are live' }).waitFor();
  },
);

test(
  'a camera and a microphone that are switched while live take no other connection',
  withGateway,
  async (stage) => {
    const ada = await member(stage, 'Ada');
    await ada.button('Go live').click();
    const link = ada.page.getByRole('link', { name: 'You are live' });
    await link.waitFor();
    const { pathname } = new URL(await link.evaluate(({ href }) => href));
    const viewer = await WatchTab.open(stage, pathname.slice('/watch/'.length));
    await viewer.plays();
    await viewer.hears();
    const connections = () => ada.page.evaluate(() => window.allConnections.length);
    const before = await connections();
    for (const device of ['Camera', 'Microphone']) {
      await ada.button(device).click();
      await viewer.goesOn(3);
      await ada.button(device).click();
    }
    await viewer.plays();
    await viewer.tab.plays(viewer.video, 'the viewer hears the stream');
    assert.equal(await connections(), before);
  },
);
