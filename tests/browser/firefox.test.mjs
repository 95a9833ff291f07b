import assert from 'node:assert/strict';
import { Firefox } from '../hls/firefox.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

/** Firefox in a room, past the lobby; its camera is a fake one. */
async function joinWithFirefox(stage) {
  const firefox = await Firefox.open(`${stage.host.url}/r/otter?autojoin&name=Fox`);
  stage.ending(() => firefox.close());
  return firefox;
}

/** Runs in the page: what there is to tell of the only peer, once something goes both ways. */
async function statsOfPeer() {
  const [peer] = document.querySelector('parley-room').session.peers.values();
  for (;;) {
    const stats = await peer.stats();
    if (stats.sent > 0 && stats.received > 0 && stats.frameWidth) return stats;
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
