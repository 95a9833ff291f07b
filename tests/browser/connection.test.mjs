import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { connectByRelaysOnly } from './support/ice.mjs';
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

test('a first connection that takes long says what may be in the way', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob', { init: connectByRelaysOnly });
  for (const [tab, name] of [
    [ada, 'Bob'],
    [bob, 'Ada'],
  ]) {
    const tile = tab.tile(name);
    await tile.getByText('Still connecting …', { exact: true }).waitFor();
    await tile.getByText(/^No network path found yet\. .* a STUN or TURN server/).waitFor();
    assert.equal((await tab.snapshot()).peers[0].state, 'connecting');
  }
});

test('one whose app says nothing is not taken for one without a network path', async ({ join, host }) => {
  const ada = await join('Ada');
  const silent = new WebSocket(`${host.url.replace('http', 'ws')}/webrtc/signaling/otter/silent`);
  await once(silent, 'open');
  const tile = ada.tile('silent');
  await tile.getByText('Still connecting …', { exact: true }).waitFor();
  await tile.getByText('This person’s app has not answered yet.', { exact: true }).waitFor();
  silent.close();
});

/** Opens the two slots of a shared tab at an instant of the wall clock, as nearly as a machine can. */
function shareAt(at) {
  const { room, share } = window;
  while (Date.now() < at) continue;
  for (const track of share.getTracks()) room.setTrack(track.kind === 'video' ? 'screen' : 'sound', track);
}

test('offers that cross settle, and nothing is negotiated after', async ({ open }) => {
  const tabs = [await open('/', { label: 'Ada' }), await open('/', { label: 'Bob' })];
  for (const { page, label } of tabs) {
    await page.evaluate(async (name) => {
      const { Room } = await import('/parley.js');
      window.share = await navigator.mediaDevices.getDisplayMedia({ audio: true, video: true });
      window.room = new Room({ room: 'otter', name });
      window.room.join();
    }, label);
  }
  const read = ({ page }) => page.evaluate(() => window.room.snapshot().peers[0] ?? null);
  const until = async (tab, words, predicate) => {
    const deadline = Date.now() + 10_000;
    for (let peer = await read(tab); !predicate(peer); peer = await read(tab)) {
      assert.ok(Date.now() < deadline, `${tab.label} ${words}: ${JSON.stringify(peer)}`);
    }
  };
  for (const tab of tabs) await until(tab, 'is connected', (peer) => peer?.channelOpen);
  const at = Date.now() + 100;
  await Promise.all(tabs.map(({ page }) => page.evaluate(shareAt, at)));
  const shown = ({ page }) =>
    page.evaluate(() =>
      ['sound', 'screen'].every((slot) => [...window.room.peers.values()][0].tracks.has(slot)),
    );
  for (const tab of tabs) {
    await until(tab, 'has settled', (peer) => peer.signaling === 'stable');
    while (!(await shown(tab))) await read(tab);
  }
  for (const { page, label } of tabs) {
    const wanted = await page.evaluate(async () => {
      const pc = window.allConnections.find(({ connectionState }) => connectionState === 'connected');
      const fired = new Promise((resolve) =>
        pc.addEventListener('negotiationneeded', () => resolve(true), { once: true }),
      );
      // Statistics take a turn of the browser's own; an endless negotiation takes a few of those a round.
      for (let turns = 0; turns < 200; turns++) await pc.getStats();
      return Promise.race([fired, false]);
    });
    assert.equal(wanted, false, `${label}'s browser wants to negotiate again`);
  }
});
