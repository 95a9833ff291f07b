import assert from 'node:assert/strict';
import { watchPictures } from './support/pictures.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

/** What Chromium says about a host that is not there. */
const unreachable = /WebSocket connection to .* failed|net::ERR_CONNECTION_(REFUSED|RESET)/;

const names = ['Ada', 'Bob', 'Cleo'];
const othersOf = (tab) => names.filter((name) => name !== tab.label);

test('a call outlives its host: frames keep coming, words pass, the roster recovers, and a fourth can join', async ({
  host,
  join,
}) => {
  const tabs = await Promise.all(names.map((name) => join(name)));
  for (const tab of tabs) {
    tab.expectProblem(unreachable);
    await tab.meets(...othersOf(tab));
    await tab.isWith(...othersOf(tab));
  }
  const assertNoPause = await watchPictures(
    tabs.flatMap((tab) => othersOf(tab).map((other) => [tab, other])),
  );
  const connectionsOf = async (tab) =>
    (await tab.snapshot()).peers.map(({ id, name, connectionId }) => ({ id, name, connectionId }));
  const before = await Promise.all(tabs.map(connectionsOf));

  await host.kill();
  for (const tab of tabs)
    await tab.until('notices that the host is gone', ({ state }) => state === 'reconnecting');
  await tabs[0].page.getByRole('alert').filter({ hasText: 'No connection to the host' }).waitFor();
  await tabs[0].says('Still there?');
  await tabs[1].reads('Still there?');
  await tabs[2].reads('Still there?');

  await host.restart();
  for (const tab of tabs) await tab.isWith(...othersOf(tab));
  assert.deepEqual(
    await Promise.all(tabs.map(connectionsOf)),
    before,
    'the same people over the same connections',
  );
  await assertNoPause();
  await tabs[2].says('Back again.');
  await tabs[0].reads('Back again.');

  const dora = await join('Dora');
  await dora.meets(...names);
  for (const tab of tabs) await tab.meets('Dora');
  await dora.isWith(...names);
  assert.equal((await dora.openConnections()).length, 3);
});

const cuts = [
  { words: 'its offer on the way up', who: 'Ada', message: '"type":"offer"', direction: 'up' },
  { words: 'the offer on the way down', who: 'Bob', message: '"type":"offer"', direction: 'down' },
  { words: 'its answer on the way up', who: 'Bob', message: '"type":"answer"', direction: 'up' },
  { words: 'the answer on the way down', who: 'Ada', message: '"type":"answer"', direction: 'down' },
  { words: 'a candidate on the way up', who: 'Bob', message: '"candidate":', direction: 'up' },
  { words: 'the host’s welcome', who: 'Bob', message: '"type":"joined"', direction: 'down' },
];
for (const { words, who, message, direction } of cuts) {
  test(`a socket cut at ${words} loses nothing`, async ({ join, proxy }) => {
    const line = await proxy();
    const cut = line.cutAt((text, way) => way === direction && text.includes(message));
    const at = (name) => (name === who ? { at: line.url } : {});
    const ada = await join('Ada', at('Ada'));
    ada.expectProblem(unreachable);
    const bob = await join('Bob', at('Bob'));
    bob.expectProblem(unreachable);
    await cut;
    await ada.isWith('Bob');
    await bob.isWith('Ada');
    await ada.meets('Bob');
    await bob.meets('Ada');
    assert.deepEqual(await ada.openConnections(), ['connected']);
    assert.deepEqual(await bob.openConnections(), ['connected']);
  });
}

test('who loses the host is away, not gone, and its picture goes on', async ({ join, proxy }) => {
  const line = await proxy();
  const ada = await join('Ada');
  const bob = await join('Bob', { at: line.url });
  bob.expectProblem(unreachable);
  await ada.meets('Bob');
  await bob.isWith('Ada');
  const assertNoPause = await watchPictures([
    [ada, 'Bob'],
    [bob, 'Ada'],
  ]);

  await bob.loaded();
  line.sever();
  await ada.until('sees Bob away', ({ peers }) => peers[0].away);
  await ada.page.getByRole('group', { name: /^Bob · rejoining/ }).waitFor();
  await bob.says('I am here, am I not?');
  await ada.reads('I am here, am I not?');

  line.mend();
  await bob.until('is back', ({ signaling }) => signaling === 'joined');
  await ada.isWith('Bob');
  await assertNoPause();
});

const withGateway = { host: ['--hls', 'on'] };

test(
  'what a page loads after joining it loads once the host is back',
  withGateway,
  async ({ host, open }) => {
    const ada = await open('about:blank', { label: 'Ada' });
    ada.expectProblem(/net::ERR_|WebSocket connection to .* failed/);
    await ada.page.route('**/assets/bar.*', (route) => route.abort());
    const refused = ada.page.waitForEvent('requestfailed');
    await ada.page.goto(`${host.url}/r/otter?autojoin&name=Ada`);
    await refused;
    await ada.page.unrouteAll();
    assert.equal(await ada.button('Go live').count(), 0);
    await host.kill();
    await ada.until('notices that the host is gone', ({ state }) => state === 'reconnecting');
    await host.restart();
    await ada.button('Go live').waitFor();
  },
);

test(
  'a full room says so, and lets one in once someone has left',
  { host: ['--peers-per-room', '2'] },
  async ({ join, open }) => {
    const ada = await join('Ada');
    const bob = await join('Bob');
    const cleo = await open('/r/otter?autojoin&name=Cleo', { label: 'Cleo' });
    await cleo.page.getByRole('heading', { name: 'This room is full' }).waitFor();
    await ada.isWith('Bob');

    await bob.button('Leave').click();
    await ada.isWith();
    await cleo.button('Try again').click();
    await cleo.meets('Ada');
    await ada.meets('Cleo');
  },
);

/** In the page: until `withRetries()` nothing is tried again by itself, so that a person has the time to do it. */
function withoutRetries() {
  const real = window.setTimeout;
  for (let pending = real(() => {}); pending > 0; --pending) clearTimeout(pending);
  window.setTimeout = () => 0;
  window.withRetries = () => (window.setTimeout = real);
}

test('a host that is not there is said in words, and joined once it is', async ({ host, open }) => {
  const ada = await open('/r/otter?name=Ada', { label: 'Ada' });
  ada.expectProblem(unreachable);
  await ada.button('Join the room').waitFor();
  await host.kill();
  await ada.button('Join the room').click();
  await ada.page.getByRole('alert').filter({ hasText: 'No connection to the host' }).waitFor();
  await ada.page.evaluate(withoutRetries);
  await host.restart();
  await ada.page.evaluate(() => window.withRetries());
  await ada.button('Retry now').click();
  await ada.isWith();
  await ada.page.getByRole('alert').waitFor({ state: 'detached' });
});

test('a core that cannot be loaded is said in words', async ({ open }) => {
  const ada = await open('/r/otter?name=Ada', { label: 'Ada' });
  ada.expectProblem(/wasm|net::ERR_FAILED/);
  await ada.page.route('**/*.wasm', (route) => route.abort());
  await ada.page.goto(`${ada.page.url()}&autojoin`);
  await ada.page.getByRole('heading', { name: 'The call could not start' }).waitFor();
});
