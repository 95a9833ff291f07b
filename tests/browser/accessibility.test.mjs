import { assertAccessible, axe } from './support/accessible.mjs';
import { publishStates } from './support/publish-states.mjs';
import { people, user, visitor } from './support/person.mjs';
import { PublishTab, sim } from './support/publish.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

const watched = { init: axe };

for (const { name, devices, reach } of publishStates) {
  const publishTest = devices ? suite(devices) : test;
  publishTest(`axe-core finds nothing serious on the page to publish from: ${name}`, async (stage) => {
    const { tab } = await reach(stage, watched);
    tab.expectProblem(/1\.m3u8|WebSocket connection to .* failed|net::ERR_|CORS/);
    await assertAccessible(tab, name);
  });
}

test('axe-core finds nothing serious on the start page and in the lobby', async ({ open }) => {
  const ada = await open('/', { label: 'Ada', ...watched });
  await ada.page.getByRole('link', { name: 'Start a room' }).waitFor();
  await assertAccessible(ada, 'start page');
  await ada.page.getByRole('link', { name: 'Start a room' }).click();
  await ada.page.getByText('You look ready.').waitFor();
  await assertAccessible(ada, 'lobby');
});

test('axe-core finds nothing serious in a call, its panels, and after it', async ({ join }) => {
  const ada = await join('Ada', watched);
  await ada.page.getByText('You’re the first one here').waitFor();
  await assertAccessible(ada, 'alone');

  const bob = await join('Bob');
  await ada.meets('Bob');
  await bob.button('Microphone').click();
  await ada.page.getByRole('group', { name: /^Bob, microphone off/ }).waitFor();
  await assertAccessible(ada, 'call');
  await bob.says('Hello Ada, see https://example.org');
  await ada.says('Hello Bob');
  await ada.reads('Hello Ada, see https://example.org');
  await assertAccessible(ada, 'chat');
  await ada.button('Details').first().click();
  await ada.page.getByRole('region', { name: 'Connection details' }).getByText('Round trip').waitFor();
  await assertAccessible(ada, 'details');
  await ada.button('Settings').first().click();
  await ada.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await assertAccessible(ada, 'settings');
  await bob.button('Share').click();
  await ada.seesScreenOf('Bob');
  await assertAccessible(ada, 'shared screen');
  await ada.button('Leave').click();
  await ada.page.getByRole('heading', { name: 'You left the room' }).waitFor();
  await assertAccessible(ada, 'left');
});

test(
  'axe-core finds nothing serious where something is wrong',
  { host: ['--peers-per-room', '1'] },
  async ({ host, join, open }) => {
    const ada = await join('Ada', watched);
    const bob = await open('/r/otter?autojoin&name=Bob', { label: 'Bob', ...watched });
    await bob.page.getByRole('heading', { name: 'This room is full' }).waitFor();
    await assertAccessible(bob, 'full room');
    ada.expectProblem(/WebSocket connection to .* failed/);
    await host.kill();
    await ada.page.getByRole('alert').filter({ hasText: 'No connection to the host' }).waitFor();
    await assertAccessible(ada, 'host gone');
  },
);

test('axe-core finds nothing serious among people, while it rings, and after', async (stage) => {
  const { host, open } = stage;
  const ada = await visitor(open, 'Ada', watched);
  await assertAccessible(ada.tab, 'offline');
  await ada.goesOnline();
  await ada.page.getByText('Nobody else is online yet').waitFor();
  await assertAccessible(ada.tab, 'nobody');

  const bob = await people(stage)('Bob');
  const numbered = await user(host, 'Numbered', '923244219594');
  await ada.finds('Numbered');
  await assertAccessible(ada.tab, 'list');
  await ada.page.getByLabel('Search by name').fill('zzz');
  await assertAccessible(ada.tab, 'nobody found');
  await ada.page.getByLabel('Search by name').fill('');
  numbered.close();

  await ada.calls('Bob');
  await assertAccessible(ada.tab, 'outgoing');
  await bob.rejects();
  await ada.reads('Bob rejected your call.');
  await assertAccessible(ada.tab, 'rejected');
  await bob.calls('Ada');
  await ada.isCalledBy('Bob');
  await assertAccessible(ada.tab, 'incoming');
  await ada.accepts();
  await ada.meets('Bob');
  await assertAccessible(ada.tab, 'accepted');
  await ada.hangsUp();
  await ada.reads('Your call with Bob is over.');

  const other = await visitor(open, 'Ada', watched);
  await other.page.getByLabel('Your name').fill('Ada');
  await other.tab.button('Go online').click();
  await other.page.getByRole('alert').waitFor();
  await assertAccessible(other.tab, 'name taken');
  for (const { tab } of [ada, bob]) tab.expectProblem(/WebSocket connection to .* failed/);
  await host.kill();
  await ada.page.getByRole('alert').filter({ hasText: 'No connection to the host' }).waitFor();
  await assertAccessible(ada.tab, 'host gone');
});

test(
  'axe-core finds nothing serious in a call with a stream in it',
  { host: ['--hls', 'on'] },
  async (stage) => {
    const publisher = await PublishTab.open(stage.open);
    publisher.tab.expectProblem(/\.m3u8|\.ts\b/);
    await publisher.start();
    const ada = await stage.join('Ada', { room: sim, ...watched });
    ada.expectProblem(/\.m3u8|\.ts\b/);
    await ada.page.locator('parley-player[data-state=playing]').waitFor();
    await assertAccessible(ada, 'stream');
  },
);

test('axe-core finds nothing serious where a stream is to be watched', async ({ open }) => {
  const viewer = await open('/watch/923244219594', { label: 'the viewer', ...watched });
  viewer.expectProblem(/\.m3u8/);
  await viewer.page.getByText('The stream has not started').waitFor();
  await assertAccessible(viewer, 'nothing to watch');
});
