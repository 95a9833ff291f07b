import assert from 'node:assert/strict';
import { Firefox } from '../hls/firefox.mjs';
import { foreignSite } from './support/foreign.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

/** Firefox in a room, past the lobby; its camera is a fake one. */
async function joinWithFirefox(stage) {
  const firefox = await Firefox.open(`${stage.host.url}/r/otter?autojoin&name=Fox`);
  stage.ending(() => firefox.close());
  return firefox;
}

// These run in the page. They return when they have seen what they look for.

/** What there is to tell of the only peer, once something goes both ways. */
async function statsOfPeer() {
  const [peer] = document.querySelector('parley-room').session.peers.values();
  for (;;) {
    const stats = await peer.stats();
    if (stats.sent > 0 && stats.received > 0 && stats.frameWidth) return stats;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The kinds of others' tiles, once one of them shows a picture. */
async function tilesOfOthers() {
  const stage = document.querySelector('parley-room').shadowRoot.querySelector('parley-stage');
  for (;;) {
    const tiles = [...stage.shadowRoot.querySelectorAll('parley-tile:not([data-self])')];
    const plays = (tile) => tile.shadowRoot.querySelector('video:not(.hidden)')?.currentTime > 0;
    if (tiles.some(plays)) return tiles.map((tile) => tile.dataset.kind);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('statistics tell in Firefox, too, what is sent and received, and over which path', async (stage) => {
  const ada = await stage.join('Ada');
  const firefox = await joinWithFirefox(stage);
  await ada.meets('Fox');
  const stats = await firefox.evaluate(statsOfPeer);
  assert.equal(stats.candidatePair.protocol, 'udp');
  assert.ok(stats.roundTripTime >= 0, JSON.stringify(stats));
});

test('Firefox, too, shows a foreign member’s camera, and no screen of its empty lines', async (stage) => {
  const visit = await foreignSite(stage);
  const firefox = await joinWithFirefox(stage);
  const foreign = await visit('fastapi', { me: 'peer1', empty: 'last' });
  await foreign.meets();
  assert.deepEqual(await firefox.evaluate(tilesOfOthers), ['person']);
});
