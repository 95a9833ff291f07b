// What takes more memory than a gateway may have ends, and nothing else does.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { until } from './gateway.mjs';
import { gatewayTest, sim, wide } from './gateway_tests.mjs';
import { probe } from './ffprobe.mjs';
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

const MiB = 1024 * 1024;

/** Of a process: what it has to itself, and its part of what it shares. */
const memoryOf = (pid) =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) * 1024;
const threadsOf = (pid) => readdirSync(`/proc/${pid}/task`).length;

// Without a limit these take 137 threads, and nothing is recorded.
gatewayTest(
  '20,000 SSRCs that an offer does not name keep nobody out, and cost next to nothing',
  wide,
  async (gateway) => {
    const before = { memory: memoryOf(gateway.pid), threads: threadsOf(gateway.pid) };
    const publisher = new Publisher(tracks.h264, tracks.crowd);
    const stream = await gateway.open(sim, publisher);
    await publisher.offer();
    await publisher.crowdSent;
    // Whom the offer names has come later, and is taken.
    const listed = await gateway.playlist(sim);
    await gateway.segments(sim, 3, { after: listed });
    const taken = {
      memory: memoryOf(gateway.pid) - before.memory,
      threads: threadsOf(gateway.pid) - before.threads,
    };
    assert.ok(taken.memory < 48 * MiB, `${taken.memory} bytes, and before ${before.memory}`);
    // 15 of the stream, and two for each of the eight SSRCs that its two m-lines have besides.
    assert.ok(taken.threads <= 40, `${taken.threads} threads`);

    publisher.kill();
    await until(() => stream.ended, 'its place is free', 30);
    assert.deepEqual(stream.notices, []);
    await until(() => threadsOf(gateway.pid) <= before.threads + 4, 'its threads have ended');
    const left = memoryOf(gateway.pid) - before.memory;
    assert.ok(left < 48 * MiB, `${left} bytes are left, and before there were ${before.memory}`);
    await gateway.end(sim);
    const { tracks: found } = await probe(gateway.playlistFile(sim));
    const sent = found.find(({ codec }) => codec === 'h264')?.width;
    assert.equal(sent, 320, 'a black picture, which stands in for what does not come, is 640 wide');
  },
);

gatewayTest('it says that its main loop turns', [], async (gateway) => {
  gateway.say('ping');
  await until(() => gateway.lines.includes('pong'), 'it answers');
});
