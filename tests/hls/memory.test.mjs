// What takes more memory than a gateway may have ends, and nothing else does.
import assert from 'node:assert/strict';
import { until } from './gateway.mjs';
import { gatewayTest, wide } from './gateway_tests.mjs';
import { Publisher, tracks } from './publisher.mjs';

/** Pictures of 3840×2160, of which a decoder has some of 12 MiB each, and an encoder as well. */
const large =
  'videotestsrc is-live=true pattern=black ! video/x-raw,width=3840,height=2160,framerate=2/1 ! vp8enc deadline=1 cpu-used=16 keyframe-max-dist=9999 ! rtpvp8pay ! application/x-rtp,media=video,encoding-name=VP8,payload=97 ! publisher.';

async function publish(gateway, sim, ...chains) {
  const publisher = new Publisher(...chains);
  const stream = await gateway.open(sim, publisher);
  await publisher.offer();
  return stream;
}

gatewayTest(
  'the heaviest stream ends where the memory is full, with a word, and the others go on',
  ['--memory-mb', '128', ...wide],
  async (gateway) => {
    const light = await publish(gateway, '100001', tracks.h264, tracks.opus);
    const before = await gateway.segments('100001', 1);
    const heavy = await publish(gateway, '100002', large);
    await until(() => heavy.ended, 'the heavy stream has ended', 40);
    assert.deepEqual(
      heavy.notices.map(({ code }) => code),
      ['transcoded', 'memory-full'],
    );
    await gateway.segments('100001', 3, { after: before });
    assert.deepEqual(light.notices, []);
    assert.equal(light.ended, false);
    await gateway.close(light);
  },
);

gatewayTest('it says that its main loop turns', [], async (gateway) => {
  gateway.say('ping');
  await until(() => gateway.lines.includes('pong'), 'it answers');
});
