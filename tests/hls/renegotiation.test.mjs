// Publishers that offer again in the same RTCPeerConnection.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { names } from './gateway.mjs';
import { Coturn } from './coturn.mjs';
import { ChromiumPublisher } from './chromium.mjs';
import { probe } from './ffprobe.mjs';
import { codecs, discontinuities, gatewayTest, interrupted, sim, wide } from './gateway_tests.mjs';

after(() => ChromiumPublisher.closeAll());

const camera = { video: { width: 640, height: 480, frameRate: 30 } };
const smallCamera = { video: { width: 320, height: 240, frameRate: 30 } };
const microphone = { audio: true };
const both = { ...camera, ...microphone };

async function publishFromChromium(gateway, setting) {
  const publisher = await ChromiumPublisher.open();
  const stream = await gateway.open(sim, publisher);
  await publisher.offer({ codec: 'H264', ...setting });
  return { publisher, stream };
}

const sizes = async (gateway, segments) => {
  const found = [];
  for (const name of segments) {
    const { tracks } = await probe(`${gateway.folder}/${sim}/${name}`);
    found.push(tracks.find(({ codec }) => codec === 'h264')?.width);
  }
  return found;
};

gatewayTest(
  'sound alone, and a camera later: the picture comes after a discontinuity',
  wide,
  async (gateway) => {
    const { publisher, stream } = await publishFromChromium(gateway, { constraints: microphone });
    const alone = await gateway.segments(sim, 2);
    assert.equal(discontinuities(alone), 0);
    await publisher.add(camera, 'H264');
    const before = await interrupted(gateway, alone, 'the picture comes');
    const later = await gateway.segments(sim, 3, { after: before });
    await gateway.close(stream);
    await publisher.end();
    const added = names(later).filter((name) => !before.includes(name));
    assert.deepEqual(
      await sizes(gateway, added),
      added.map(() => 640),
    );
    assert.deepEqual(stream.notices, []);
    assert.deepEqual(publisher.errors, []);
  },
);

for (const how of ['stop', 'remove']) {
  gatewayTest(`a camera that is taken away (${how}): the sound goes on`, wide, async (gateway) => {
    const { publisher, stream } = await publishFromChromium(gateway, { constraints: both });
    const before = await gateway.segments(sim, 2);
    await publisher[how]('video');
    const alone = await interrupted(gateway, before, 'the sound goes on alone');
    const later = await gateway.segments(sim, 3, { after: alone });
    assert.equal(discontinuities(later), discontinuities(alone), later);
    await publisher.add(camera, 'H264');
    const again = await interrupted(gateway, later, 'another camera is there');
    await gateway.segments(sim, 2, { after: again });
    await gateway.close(stream);
    await publisher.end();
    assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
    assert.deepEqual(publisher.errors, []);
  });
}

gatewayTest(
  'of two cameras the first is taken away: the second stays the second channel',
  wide,
  async (gateway) => {
    const { publisher, stream } = await publishFromChromium(gateway, { constraints: both });
    const before = await gateway.segments(sim, 1);
    await publisher.add(smallCamera, 'H264');
    await gateway.segments(sim, 2, { channel: 2 });
    const beside = await gateway.playlist(sim);
    assert.equal(discontinuities(beside), discontinuities(before), 'the first goes on');
    await publisher.remove('video');
    await interrupted(gateway, beside, 'the sound goes on alone');
    await gateway.segments(sim, 2, { channel: 2, after: await gateway.playlist(sim, 2) });
    await gateway.close(stream);
    await publisher.end();
    const second = await gateway.playlist(sim, 2);
    assert.equal(discontinuities(second), 0, second);
    assert.deepEqual(publisher.errors, []);
  },
);

gatewayTest('a camera that is replaced by another of another size', wide, async (gateway) => {
  const { publisher, stream } = await publishFromChromium(gateway, { constraints: both });
  await gateway.segments(sim, 3);
  await publisher.replace('video', smallCamera);
  const before = await gateway.playlist(sim);
  const later = await gateway.segments(sim, 4, { after: before });
  await gateway.close(stream);
  await publisher.end();
  const found = await sizes(gateway, names(later));
  assert.equal(found.at(0), 640, String(found));
  assert.equal(found.at(-1), 320, String(found));
  assert.deepEqual(publisher.errors, []);
});

gatewayTest(
  'an ICE restart of the publisher, whose path is dead: the stream goes on',
  wide,
  async (gateway) => {
    const [first, second] = [await Coturn.start(), await Coturn.start()];
    try {
      const relayed = (server) => ({ iceServers: [server.iceServer], iceTransportPolicy: 'relay' });
      const { publisher, stream } = await publishFromChromium(gateway, {
        constraints: both,
        configuration: relayed(first),
      });
      const generations = () => new Set(gateway.lines.join().match(/a=ice-ufrag:[^\\]+/g)).size;
      const before = await gateway.segments(sim, 2);
      assert.equal(generations(), 1);
      await first.stop();
      await publisher.restartIce(relayed(second));
      const later = await gateway.segments(sim, 8, { after: before });
      assert.ok(later.includes(names(before)[0]), later);
      assert.equal(stream.ended, false);
      assert.equal(generations(), 2, 'the answer is of a generation of its own');
      assert.deepEqual(publisher.errors, []);
      await gateway.close(stream);
      await publisher.end();
      assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
    } finally {
      await first.stop();
      await second.stop();
    }
  },
);
