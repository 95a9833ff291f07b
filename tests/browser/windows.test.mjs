// Every page and state in small windows: nothing is clipped that cannot be scrolled to, and nothing is covered.
import { publishStates } from './support/publish-states.mjs';
import { people, visitor } from './support/person.mjs';
import { assertWithinReach } from './support/reach.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

test('small windows: the start page and the lobby', async ({ open }) => {
  const ada = await open('/', { label: 'Ada' });
  await assertWithinReach(ada, 'start page');
  await ada.page.getByRole('link', { name: 'Start a room' }).click();
  await ada.page.getByText('You look ready.').waitFor();
  await assertWithinReach(ada, 'lobby');
});

test('small windows: a call, its panels, and after it', async ({ join }) => {
  const ada = await join('Ada');
  await ada.page.getByText('You’re the first one here').waitFor();
  await assertWithinReach(ada, 'alone');
  const bob = await join('Bob');
  await ada.meets('Bob');
  await assertWithinReach(ada, 'call');
  await bob.says('Hello Ada, see https://example.org');
  await ada.reads('Hello Ada, see https://example.org');
  await assertWithinReach(ada, 'chat');
  await ada.button('Details').first().click();
  await ada.page.getByRole('region', { name: 'Connection details' }).waitFor();
  await assertWithinReach(ada, 'details');
  await ada.button('Settings').first().click();
  await ada.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await assertWithinReach(ada, 'settings');
  await ada.button('Close settings').click();
  await bob.button('Share').click();
  await ada.seesScreenOf('Bob');
  await assertWithinReach(ada, 'shared screen');
  await ada.button('Leave').click();
  await ada.page.getByRole('heading', { name: 'You left the room' }).waitFor();
  await assertWithinReach(ada, 'left');
});

test(
  'small windows: where something is wrong',
  { host: ['--peers-per-room', '1'] },
  async ({ host, join, open }) => {
    const ada = await join('Ada');
    const bob = await open('/r/otter?autojoin&name=Bob', { label: 'Bob' });
    await bob.page.getByRole('heading', { name: 'This room is full' }).waitFor();
    await assertWithinReach(bob, 'full room');
    for (const tab of [ada, bob]) tab.expectProblem(/WebSocket connection to .* failed/);
    await host.kill();
    await ada.page.getByRole('alert').filter({ hasText: 'No connection to the host' }).waitFor();
    await assertWithinReach(ada, 'host gone');
  },
);

test('small windows: people, while it rings, and after', async (stage) => {
  const ada = await visitor(stage.open, 'Ada');
  await assertWithinReach(ada.tab, 'offline');
  await ada.goesOnline();
  await ada.page.getByText('Nobody else is online yet').waitFor();
  await assertWithinReach(ada.tab, 'nobody');
  const bob = await people(stage)('Bob');
  await ada.finds('Bob');
  await assertWithinReach(ada.tab, 'list');
  await ada.calls('Bob');
  await assertWithinReach(ada.tab, 'outgoing');
  await assertWithinReach(bob.tab, 'incoming');
  await bob.rejects();
  await ada.reads('Bob rejected your call.');
  await assertWithinReach(ada.tab, 'rejected');
});

test('small windows: where a stream is to be watched', async ({ open }) => {
  const viewer = await open('/watch/923244219594', { label: 'the viewer' });
  viewer.expectProblem(/\.m3u8/);
  await viewer.page.getByText('The stream has not started').waitFor();
  await assertWithinReach(viewer, 'nothing to watch');
});

for (const { name, devices, reach } of publishStates) {
  (devices ? suite(devices) : test)(`small windows: the page to publish from: ${name}`, async (stage) => {
    const { tab } = await reach(stage, {});
    tab.expectProblem(/1\.m3u8|WebSocket connection to .* failed|net::ERR_|CORS/);
    await assertWithinReach(tab, name);
  });
}
