import assert from 'node:assert/strict';
import { suite } from './support/suite.mjs';

const test = suite();

/** A tab whose calls the test can starve of packets. */
async function joinOverLossyNetwork(open, name) {
  const tab = await open('/', { label: name });
  const devtools = await tab.page.context().newCDPSession(tab.page);
  await devtools.send('Network.enable');
  // Chromium gives WebRTC's sockets this treatment only if there was some when they were opened.
  const conditions = { offline: false, latency: 1, downloadThroughput: -1, uploadThroughput: -1 };
  tab.losePackets = (packetLoss) =>
    devtools.send('Network.emulateNetworkConditions', { ...conditions, packetLoss });
  await tab.losePackets(0);
  await tab.page.goto(new URL(`/r/otter?autojoin&name=${name}`, tab.page.url()).href);
  return tab;
}

test('a connection that breaks is mended by an ICE restart, in the same connection', async ({
  join,
  open,
}) => {
  const ada = await join('Ada');
  const bob = await joinOverLossyNetwork(open, 'Bob');
  await ada.meets('Bob');
  const before = await bob.isWith('Ada');

  await bob.losePackets(100);
  await ada.until('looks for another way', ({ peers }) => peers[0].iceRestarts > 0);
  await ada.tile('Bob').getByText('Reconnecting', { exact: true }).waitFor();
  await bob.losePackets(0);
  await ada.isWith('Bob');
  const after = await bob.isWith('Ada');
  assert.equal(after.peers[0].connectionId, before.peers[0].connectionId);
  await ada.meets('Bob');
  await bob.meets('Ada');
});

test('retry connects anew at once, whatever is being tried', async ({ join, open }) => {
  const ada = await join('Ada');
  const bob = await joinOverLossyNetwork(open, 'Bob');
  await ada.meets('Bob');
  const before = await bob.isWith('Ada');

  await bob.losePackets(100);
  await bob.until('notices', ({ peers }) => peers[0].state === 'reconnecting');
  await bob.losePackets(0);
  await bob.page.evaluate(
    (peer) => document.querySelector('parley-room').session.retry(peer),
    before.peers[0].id,
  );
  await bob.until(
    'has a fresh connection',
    ({ peers }) => peers[0].connectionId !== before.peers[0].connectionId,
  );
  await bob.isWith('Ada');
  await ada.isWith('Bob');
  await bob.meets('Ada');
  await ada.meets('Bob');
  assert.deepEqual(await ada.openConnections(), ['connected']);
  assert.deepEqual(await bob.openConnections(), ['connected']);
});
