// Publishers that send no key frame when asked for one.
import assert from 'node:assert/strict';
import { durations, names, until } from './gateway.mjs';
import { tracks } from './publisher.mjs';
import { probe } from './ffprobe.mjs';
import { codecs, discontinuities, gatewayTest, publish, sim, wide } from './gateway_tests.mjs';

const independent = /#EXT-X-INDEPENDENT-SEGMENTS\n/;

/** As the playlist says: rounded to the nearest second, none is longer than its target duration. */
function assertTargetKept(playlist) {
  const target = Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(playlist)[1]);
  assert.ok(
    durations(playlist).every((length) => Math.round(length) <= target),
    playlist,
  );
}

const told = (stream) => until(() => stream.notices.length > 0, 'the publisher is told', 20);

gatewayTest(
  'one key frame and no more: segments are cut all the same, and the publisher is told',
  wide,
  async (gateway) => {
    const { stream } = await publish(gateway, tracks.oneKeyFrame, tracks.opus);
    assert.match(await gateway.segments(sim, 1, { seconds: 40 }), independent);
    await told(stream);
    // Sound that came before the picture may have a segment of its own, which begins with a key frame too.
    await until(
      async () => !independent.test(await gateway.playlist(sim)),
      'a segment that begins with no key frame',
      30,
    );
    await gateway.close(stream);
    const playlist = await gateway.playlist(sim);
    assertTargetKept(playlist);
    assert.equal(discontinuities(playlist), 0, playlist);
    assert.doesNotMatch(playlist, independent);
    assert.deepEqual(
      stream.notices.map(({ code }) => code),
      ['media-failed'],
    );
    const { tracks: found } = await probe(gateway.playlistFile(sim));
    assert.deepEqual(found.map(({ codec }) => codec).sort(), ['aac', 'h264']);
    for (const track of found) assert.ok(track.longestStep < 1, JSON.stringify(track));
  },
);

gatewayTest('a key frame every 5 s: segments of 5 s, and nothing is left out', wide, async (gateway) => {
  const { stream } = await publish(gateway, tracks.rareKeyFrames, tracks.opus);
  await gateway.segments(sim, 3, { seconds: 40 });
  await gateway.close(stream);
  const playlist = await gateway.playlist(sim);
  assertTargetKept(playlist);
  assert.match(playlist, independent);
  assert.equal(discontinuities(playlist), 0, playlist);
  assert.deepEqual(stream.notices, []);
  const { tracks: found } = await probe(gateway.playlistFile(sim));
  for (const track of found) assert.ok(track.longestStep < 1, JSON.stringify(track));
});

gatewayTest(
  'no key frame at all: the sound goes on under a black picture, and the publisher is told',
  wide,
  async (gateway) => {
    const { stream } = await publish(gateway, tracks.noKeyFrame, tracks.opus);
    await gateway.segments(sim, 3);
    await told(stream);
    await gateway.close(stream);
    assert.equal(stream.notices[0].code, 'media-failed');
    const playlist = await gateway.playlist(sim);
    assertTargetKept(playlist);
    assert.equal(discontinuities(playlist), 0, playlist);
    assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
  },
);

gatewayTest('no key frame at all and no sound: the publisher is told', wide, async (gateway) => {
  const { stream } = await publish(gateway, tracks.noKeyFrame);
  await told(stream);
  assert.equal(stream.notices[0].code, 'media-failed');
  assert.deepEqual(names(await gateway.playlist(sim)), []);
  assert.equal(stream.ended, false);
  await gateway.close(stream);
});
