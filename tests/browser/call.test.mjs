import assert from 'node:assert/strict';
import { restartIce } from './support/ice.mjs';
import { playNothingUnasked } from './support/media.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

const pageOf = (name, id, host) => `<!doctype html>
<title>${name}</title>
<script type="module" src="${host}/parley.js"></script>
<parley-room room="otter" name="${name}" peer="${id}" autojoin></parley-room>
`;

test('two tabs with the same link see and hear each other', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.meets('Bob');
  await bob.meets('Ada');
});

test('who hears nothing because the browser wants a gesture first is shown what to press', async ({
  join,
}) => {
  const ada = await join('Ada');
  const bob = await join('Bob', { init: playNothingUnasked });
  await bob.button('Click to hear the others').click();
  await bob.meets('Ada');
  await bob.button('Click to hear the others').waitFor({ state: 'detached' });
  await ada.meets('Bob');
});

test('three tabs see and hear each other, over one connection to each', async ({ join }) => {
  const tabs = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => join(name)));
  for (const tab of tabs) {
    const others = tabs.filter((other) => other !== tab).map(({ label }) => label);
    await tab.meets(...others);
    await tab.isWith(...others);
    assert.deepEqual(await tab.openConnections(), ['connected', 'connected']);
  }
});

test('a reloaded tab leaves and comes back, and media flows again', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.meets('Bob');
  const before = await ada.isWith('Bob');

  await bob.page.reload();
  await ada.meets('Bob');
  await bob.meets('Ada');
  const after = await ada.isWith('Bob');
  assert.notEqual(after.peers[0].incarnation, before.peers[0].incarnation);
  assert.deepEqual(await ada.openConnections(), ['connected']);
});

// Firefox closes a page's sockets before it tells the page that it goes.
test('a tab that is reloaded without a goodbye is the same member, and there once', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.meets('Bob');
  const before = (await ada.isWith('Bob')).peers[0];

  await bob.page.evaluate(() => {
    WebSocket.prototype.send = WebSocket.prototype.close = () => undefined;
  });
  await bob.page.reload();
  await bob.meets('Ada');
  await ada.meets('Bob');
  const after = (await ada.isWith('Bob')).peers[0];
  assert.equal(after.id, before.id);
  assert.notEqual(after.incarnation, before.incarnation);
  await bob.isWith('Ada');
});

test('who leaves is gone from the others at once, and can join again', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  const cleo = await join('Cleo');
  await ada.isWith('Bob', 'Cleo');

  await bob.button('Leave').click();
  await bob.page.getByRole('heading', { name: 'You left the room' }).waitFor();
  await ada.isWith('Cleo');
  await cleo.isWith('Ada');
  await ada.tile('Bob').waitFor({ state: 'detached' });
  assert.deepEqual(await bob.openConnections(), []);

  await bob.button('Join again').click();
  await ada.meets('Bob');
  await bob.meets('Ada', 'Cleo');
});

test('a closed tab is gone from the others', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.isWith('Bob');
  await bob.page.close();
  await ada.isWith();
  await ada.tile('Bob').waitFor({ state: 'detached' });
});

test('two tabs that share their screens in the same instant see both', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.isWith('Bob');
  await bob.isWith('Ada');

  await Promise.all([ada, bob].map((tab) => tab.button('Share').click()));
  await ada.seesScreenOf('Bob');
  await bob.seesScreenOf('Ada');
  await ada.sees('Bob');
  await bob.sees('Ada');

  await ada.button('Share').click();
  await bob.screenTile('Ada').waitFor({ state: 'detached' });
  await ada.seesScreenOf('Bob');
});

test('an offer that is rolled back freezes no picture', async ({ host, open, site }) => {
  const url = await site({ '/ada': pageOf('Ada', 'a', host.url), '/bob': pageOf('Bob', 'b', host.url) });
  const ada = await open(`${url}/ada`, { label: 'Ada' });
  await ada.until('joins', ({ signaling }) => signaling === 'joined');
  // Who comes later answers first, and the greater id gives way where offers cross.
  const bob = await open(`${url}/bob`, { label: 'Bob' });
  await ada.meets('Bob');
  await bob.meets('Ada');

  await Promise.all([ada, bob].map(({ page }) => page.evaluate(restartIce)));
  await ada.sees('Bob');
  await bob.sees('Ada');
});

test('a person who joins while a screen is shared sees it', async ({ join }) => {
  const ada = await join('Ada');
  await ada.button('Share').click();
  await ada.page.locator('parley-tile[data-self][data-kind=screen]').waitFor();
  const bob = await join('Bob');
  await bob.seesScreenOf('Ada');
  await bob.meets('Ada');
});

test('who speaks is marked, and nobody who is muted', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  const speaker = bob.page.locator('parley-tile[data-speaking]');
  await bob.button('Microphone').click();
  await speaker.and(bob.tile('Ada')).waitFor();
  await ada.button('Microphone').click();
  await bob.page.getByRole('group', { name: /^Ada, microphone off/ }).waitFor();
  assert.equal(await speaker.count(), 0);
});

test('a microphone, a camera and words pass from one to the other', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.meets('Bob');
  await bob.meets('Ada');

  await ada.button('Microphone').click();
  await bob.page.getByRole('group', { name: /^Ada, microphone off, camera on/ }).waitFor();
  await ada.button('Camera').click();
  await bob.page.getByRole('group', { name: /^Ada, microphone off, camera off/ }).waitFor();
  await ada.button('Microphone').click();
  await ada.button('Camera').click();
  await bob.page.getByRole('group', { name: /^Ada, microphone on, camera on/ }).waitFor();
  await bob.meets('Ada');

  await ada.says('Is this thing on?');
  await bob.reads('Is this thing on?');
  await bob.says('It is: https://example.org/a?b=c');
  await ada.reads('It is: https://example.org/a?b=c');
  const link = ada.page.getByRole('link', { name: 'https://example.org/a?b=c' });
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
});
