// Chromium publishes.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { durations, names } from './gateway.mjs';
import { ChromiumPublisher } from './chromium.mjs';
import { probe } from './ffprobe.mjs';
import { codecs, discontinuities, gatewayTest, interrupted, sim, wide } from './gateway_tests.mjs';

after(() => ChromiumPublisher.closeAll());

/** What the cut at a switch or at the end leaves may be too short for a frame of each. */
const shortest = 0.3;

/** A player that begins anywhere finds both tracks, with something in each. */
async function assertBothInEach(gateway, playlist) {
  const lengths = durations(playlist);
  for (const [index, name] of names(playlist).entries()) {
    if (lengths[index] < shortest) continue;
    const { tracks } = await probe(`${gateway.folder}/${sim}/${name}`);
    const filled = tracks.filter(({ packets }) => packets > 0).map(({ codec }) => codec);
    assert.deepEqual(filled.sort(), ['aac', 'h264'], `${name} of ${playlist}`);
  }
}

gatewayTest(
  'Chromium publishes H.264 and Opus for 30 s: segments of 1 s, continuous, in H.264 and AAC',
  wide,
  async (gateway) => {
    const publisher = await ChromiumPublisher.open();
    const stream = await gateway.open(sim, publisher);
    await publisher.offer({ codec: 'H264' });
    await gateway.segments(sim, 30, { seconds: 45 });
    await gateway.close(stream);
    await publisher.end();

    const playlist = await gateway.playlist(sim);
    assert.match(playlist, /#EXT-X-ENDLIST\n$/);
    const lengths = durations(playlist);
    // The first ones follow the key frames that a beginning needs, and the last is cut when the publisher leaves. On a
    // busy machine one may wait for its key frame, but the playlist says that none is longer than 2 s.
    const settled = lengths.slice(3, -1);
    assert.ok(
      lengths.every((length) => length < 2.5),
      String(lengths),
    );
    const middle = settled.toSorted((a, b) => a - b)[settled.length >> 1];
    assert.ok(Math.abs(middle - 1) < 0.05, String(lengths));
    const { tracks: found } = await probe(gateway.playlistFile(sim));
    const listed = lengths.reduce((sum, length) => sum + length, 0);
    assert.deepEqual(found.map(({ codec }) => codec).sort(), ['aac', 'h264']);
    for (const track of found) {
      assert.ok(track.longestStep < 1 && track.shortestStep > 0, JSON.stringify(track));
      assert.ok(Math.abs(track.duration - listed) < 0.3, `${JSON.stringify(track)} of ${listed} s`);
    }
    assert.deepEqual(stream.notices, []);
  },
);

for (const codec of ['VP8', 'VP9']) {
  gatewayTest(
    `Chromium publishes ${codec}, which is transcoded, and it is told so`,
    wide,
    async (gateway) => {
      const publisher = await ChromiumPublisher.open();
      const stream = await gateway.open(sim, publisher);
      await publisher.offer({ codec });
      await gateway.segments(sim, 4);
      await gateway.close(stream);
      await publisher.end();
      assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
      assert.deepEqual(
        stream.notices.map(({ code }) => code),
        ['transcoded'],
      );
    },
  );
}

gatewayTest(
  'a camera that stops and comes back: a black picture between two discontinuities',
  wide,
  async (gateway) => {
    const publisher = await ChromiumPublisher.open();
    const stream = await gateway.open(sim, publisher);
    await publisher.offer({ codec: 'H264' });
    const before = await gateway.segments(sim, 2);
    await publisher.replace('video', null);
    const alone = await interrupted(gateway, before, 'the sound goes on under a black picture');
    await publisher.replace('video', { video: true });
    await interrupted(gateway, alone, 'the picture is back');
    await gateway.segments(sim, 1, { after: await gateway.playlist(sim) });
    await gateway.close(stream);
    await publisher.end();
    const playlist = await gateway.playlist(sim);
    assert.equal(discontinuities(playlist), 2, playlist);
    await assertBothInEach(gateway, playlist);
  },
);

gatewayTest(
  'sound that stops and comes back, and then both: silence and a black picture, and no end',
  wide,
  async (gateway) => {
    const publisher = await ChromiumPublisher.open();
    const stream = await gateway.open(sim, publisher);
    await publisher.offer({ codec: 'H264' });
    const goesOn = async () => gateway.segments(sim, 4, { after: await gateway.playlist(sim) });
    await gateway.segments(sim, 2);
    await publisher.replace('audio', null);
    await goesOn();
    await publisher.replace('audio', { audio: true });
    assert.equal(discontinuities(await goesOn()), 0);
    await publisher.replace('audio', null);
    await publisher.replace('video', null);
    await goesOn();
    await gateway.close(stream);
    await publisher.end();
    await assertBothInEach(gateway, await gateway.playlist(sim));
  },
);
