// Tracks of every kind, from GStreamer's webrtcbin.
import assert from 'node:assert/strict';
import { until } from './gateway.mjs';
import { Publisher, soundOf, tracks, withoutSsrc } from './publisher.mjs';
import { probe } from './ffprobe.mjs';
import { codecs, gatewayTest, interrupted, publish, sim, wide } from './gateway_tests.mjs';

gatewayTest(
  'where no more is transcoded, the sound goes on under a black picture and the publisher is told',
  ['--max-transcoded', '0', ...wide],
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.vp8, tracks.opus);
    await gateway.segments(sim, 3);
    await gateway.close(stream);
    publisher.end();
    assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
    assert.deepEqual(
      stream.notices.map(({ code }) => code),
      ['too-many-transcoded'],
    );
  },
);

gatewayTest('sound alone has a black picture', wide, async (gateway) => {
  const { publisher, stream } = await publish(gateway, tracks.opus);
  await gateway.segments(sim, 3);
  await gateway.close(stream);
  publisher.end();
  assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
});

for (const [channels, what] of [
  [1, 'mono'],
  [2, 'stereo'],
]) {
  gatewayTest(`sound in ${what} stays that`, wide, async (gateway) => {
    const { publisher, stream } = await publish(gateway, soundOf(channels));
    await gateway.segments(sim, 2);
    await gateway.close(stream);
    publisher.end();
    const { tracks: found } = await probe(gateway.playlistFile(sim));
    assert.equal(found.find(({ codec }) => codec === 'aac').channels, channels);
  });
}

gatewayTest('an offer that names no SSRCs', wide, async (gateway) => {
  // Such a webrtcbin does not hear which of its tracks is asked for key frames, so it sends some anyway.
  const pictures = withoutSsrc(tracks.h264.replace('gop-size=0', 'gop-size=30'));
  const { publisher, stream } = await publish(gateway, pictures, withoutSsrc(tracks.opus));
  await gateway.segments(sim, 2);
  await gateway.close(stream);
  publisher.end();
  assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
});

gatewayTest('two cameras of which the offer names no SSRC are two channels', wide, async (gateway) => {
  const pictures = withoutSsrc(tracks.h264.replace('gop-size=0', 'gop-size=30'));
  const { publisher, stream } = await publish(gateway, pictures, pictures, withoutSsrc(tracks.opus));
  for (const channel of [1, 2]) await gateway.segments(sim, 2, { channel });
  await gateway.close(stream);
  publisher.end();
  for (const channel of [1, 2]) assert.deepEqual(await codecs(gateway, channel), ['aac', 'h264']);
});

gatewayTest('an offer that begins with a data channel is refused in words', wide, async (gateway) => {
  const publisher = new Publisher(tracks.opus);
  const stream = await gateway.open(sim, publisher);
  const data = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data\r\na=sctp-port:5000\r\n';
  const send = publisher.onSignal;
  publisher.onSignal = ({ description }) =>
    send({ description: { ...description, sdp: description.sdp.replace('m=audio', `${data}m=audio`) } });
  await publisher.offer();
  await until(() => stream.notices.length > 0, 'the publisher is told');
  assert.match(stream.notices[0].sentence, /^unsupported-media .*first m-line/);
  await gateway.close(stream);
});

gatewayTest('pictures alone have silence', wide, async (gateway) => {
  const { publisher, stream } = await publish(gateway, tracks.h264);
  await gateway.segments(sim, 3);
  await gateway.close(stream);
  publisher.end();
  assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
});

gatewayTest('two cameras are two channels, each with the sound', wide, async (gateway) => {
  const { publisher, stream } = await publish(gateway, tracks.h264, tracks.opus, tracks.h264);
  await gateway.segments(sim, 3, { channel: 1 });
  await gateway.segments(sim, 3, { channel: 2 });
  await gateway.close(stream);
  publisher.end();
  for (const channel of [1, 2]) assert.deepEqual(await codecs(gateway, channel), ['aac', 'h264']);
});

gatewayTest('a publisher whose offer takes its time', wide, async (gateway) => {
  const publisher = new Publisher(tracks.opus);
  const stream = await gateway.open(sim, publisher);
  // The core has made an offer of its own by then, as it does where nobody else does.
  await until(() => gateway.lines.some((line) => line.includes('"type":"offer"')), 'the core offers');
  await publisher.offer();
  await gateway.segments(sim, 1);
  await gateway.close(stream);
});

gatewayTest('a fresh connection of the publisher is taken in the same stream', wide, async (gateway) => {
  const first = await publish(gateway, tracks.opus);
  const before = await gateway.segments(sim, 2);
  first.publisher.end();
  const again = new Publisher(tracks.h264, tracks.opus);
  gateway.hand(first.stream, again);
  await again.offer();
  await interrupted(gateway, before, 'the fresh connection comes into the playlist');
  assert.equal(first.stream.ended, false);
  again.end();
});

gatewayTest(
  'one stream too many for the files that it may open is refused, and costs the others nothing',
  wide,
  async (gateway) => {
    const { stream } = await publish(gateway, tracks.opus);
    await gateway.segments(sim, 1);
    gateway.say('open 77 ::1 55555');
    await until(() => gateway.lines.includes('ended 77'), 'the stream is refused');
    assert.match(gateway.log, /refuse sim=55555 .*ulimit -n/);
    await gateway.segments(sim, 3);
    assert.deepEqual(stream.notices, []);
    await gateway.close(stream);
  },
  { descriptors: 140 },
);

gatewayTest(
  'a signal that ends services and terminals does not end it before its host does',
  wide,
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.opus);
    await gateway.segments(sim, 1);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.kill(gateway.pid, signal);
    await gateway.segments(sim, 3);
    assert.equal(await gateway.stop(), 0);
    publisher.end();
    assert.match(await gateway.playlist(sim), /#EXT-X-ENDLIST\n$/);
  },
);

gatewayTest('what is no SIM number names no folder', wide, async (gateway) => {
  gateway.say('open 77 ::1 ../../elsewhere');
  await until(() => gateway.lines.includes('ended 77'), 'it is refused');
});
