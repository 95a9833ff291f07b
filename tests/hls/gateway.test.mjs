import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Gateway, durations, names, until } from './gateway.mjs';
import { Publisher, tracks } from './publisher.mjs';
import { ChromiumPublisher } from './chromium.mjs';
import { probe } from './ffprobe.mjs';

const sim = '923244219594';
/** Segments enough for ffprobe to see a whole test. */
const wide = ['--window', '60'];

after(() => ChromiumPublisher.closeAll());

/** Runs `body` with a gateway of its own, which must end as it should whatever happened. */
function gatewayTest(name, options, body) {
  test(name, { timeout: 120_000 }, async () => {
    const gateway = await Gateway.start(options);
    try {
      await body(gateway);
      assert.equal(await gateway.stop(), 0, gateway.log);
    } finally {
      Publisher.endAll();
      await gateway.remove();
    }
  });
}

async function publish(gateway, ...chains) {
  const publisher = new Publisher(...chains);
  const stream = await gateway.open(sim, publisher);
  await publisher.offer();
  return { publisher, stream };
}

/** Codecs by track, once the stream is closed. */
async function codecs(gateway, channel = 1) {
  const { tracks: found } = await probe(gateway.playlistFile(sim, channel));
  return found.map(({ codec }) => codec).sort();
}

const discontinuities = (playlist) => playlist.match(/#EXT-X-DISCONTINUITY\n/g)?.length ?? 0;

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
  'where no more is transcoded, the sound goes on alone and the publisher is told',
  ['--max-transcoded', '0', ...wide],
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.vp8, tracks.opus);
    await gateway.segments(sim, 3);
    await gateway.close(stream);
    publisher.end();
    assert.deepEqual(await codecs(gateway), ['aac']);
    assert.deepEqual(
      stream.notices.map(({ code }) => code),
      ['too-many-transcoded'],
    );
  },
);

gatewayTest('sound alone', wide, async (gateway) => {
  const { publisher, stream } = await publish(gateway, tracks.opus);
  await gateway.segments(sim, 3);
  await gateway.close(stream);
  publisher.end();
  assert.deepEqual(await codecs(gateway), ['aac']);
});

gatewayTest('pictures alone', wide, async (gateway) => {
  const { publisher, stream } = await publish(gateway, tracks.h264);
  await gateway.segments(sim, 3);
  await gateway.close(stream);
  publisher.end();
  assert.deepEqual(await codecs(gateway), ['h264']);
});

gatewayTest('two cameras are two channels, each with the sound', wide, async (gateway) => {
  const { publisher, stream } = await publish(gateway, tracks.h264, tracks.opus, tracks.h264);
  await gateway.segments(sim, 3, { channel: 1 });
  await gateway.segments(sim, 3, { channel: 2 });
  await gateway.close(stream);
  publisher.end();
  for (const channel of [1, 2]) assert.deepEqual(await codecs(gateway, channel), ['aac', 'h264']);
});

gatewayTest(
  'a camera that stops and comes back: sound alone between two discontinuities',
  wide,
  async (gateway) => {
    const publisher = await ChromiumPublisher.open();
    await gateway.open(sim, publisher);
    await publisher.offer({ codec: 'H264' });
    await gateway.segments(sim, 2);
    await publisher.send('video', false);
    await until(async () => discontinuities(await gateway.playlist(sim)) === 1, 'the sound goes on alone');
    await publisher.send('video', true);
    await until(async () => discontinuities(await gateway.playlist(sim)) === 2, 'the picture is back');
    await publisher.end();
  },
);

gatewayTest(
  'a publisher that was lost and comes back goes on in the same playlist',
  wide,
  async (gateway) => {
    const first = await publish(gateway, tracks.h264, tracks.opus);
    const before = await gateway.segments(sim, 2);
    first.publisher.end();
    await gateway.close(first.stream, 'lost');
    assert.doesNotMatch(await gateway.playlist(sim), /ENDLIST/);
    await publish(gateway, tracks.h264, tracks.opus);
    const later = await gateway.segments(sim, 2, { after: await gateway.playlist(sim) });
    assert.equal(discontinuities(later), 1, later);
    assert.ok(later.includes(names(before)[0]), later);
  },
);

gatewayTest(
  'a publisher that is gone without a word is noticed, and the host is told',
  wide,
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.opus);
    await gateway.segments(sim, 1);
    publisher.kill();
    await until(() => stream.ended, 'the stream has ended', 25);
    assert.doesNotMatch(await gateway.playlist(sim), /ENDLIST/, 'it may come back');
  },
);

gatewayTest('a publisher whose offer takes its time', wide, async (gateway) => {
  const publisher = new Publisher(tracks.opus);
  const stream = await gateway.open(sim, publisher);
  // The core has made an offer of its own by then, as it does where nobody else does.
  await until(() => gateway.lines.some((line) => line.includes('"type":"offer"')), 'the core offers');
  await publisher.offer();
  await gateway.segments(sim, 1);
  await gateway.close(stream);
});

gatewayTest('one that left has an end, and comes back after it', wide, async (gateway) => {
  const first = await publish(gateway, tracks.opus);
  await gateway.segments(sim, 2);
  await gateway.close(first.stream);
  first.publisher.end();
  const ended = await gateway.playlist(sim);
  assert.match(ended, /#EXT-X-ENDLIST\n$/);
  const second = await publish(gateway, tracks.opus);
  const later = await gateway.segments(sim, 1, { after: ended });
  assert.doesNotMatch(later, /ENDLIST/);
  assert.equal(discontinuities(later), 1, later);
  second.publisher.end();
});

gatewayTest('a fresh connection of the publisher is taken in the same stream', wide, async (gateway) => {
  const first = await publish(gateway, tracks.opus);
  const before = await gateway.segments(sim, 2);
  first.publisher.end();
  const again = new Publisher(tracks.h264, tracks.opus);
  gateway.hand(first.stream, again);
  await again.offer();
  const later = await gateway.segments(sim, 2, { after: before });
  assert.ok(discontinuities(later) >= 1, later);
  assert.equal(first.stream.ended, false);
  again.end();
});

gatewayTest(
  'a gateway that was killed leaves a playlist that the next one goes on with',
  wide,
  async (gateway) => {
    await publish(gateway, tracks.opus);
    const before = await gateway.segments(sim, 2);
    process.kill(gateway.pid, 'SIGKILL');
    await gateway.exited();
    await gateway.run(wide);
    await publish(gateway, tracks.opus);
    const later = await gateway.segments(sim, 2, { after: before });
    assert.ok(later.includes(names(before)[0]), later);
    assert.equal(discontinuities(later), 1, later);
  },
);

gatewayTest(
  'a disk that is full ends the stream, and not the gateway',
  ['--disk-mb', '2', ...wide],
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.heavy);
    await until(() => stream.ended, 'the stream has ended', 60);
    publisher.end();
    assert.deepEqual(
      stream.notices.map(({ code }) => code),
      ['disk-full'],
    );
    assert.match(await gateway.playlist(sim), /#EXT-X-ENDLIST\n$/);
  },
);

gatewayTest('the end of the pipe ends the playlists, and the process within 2 s', wide, async (gateway) => {
  await publish(gateway, tracks.h264, tracks.opus);
  await gateway.segments(sim, 2);
  const began = Date.now();
  assert.equal(await gateway.stop(), 0);
  assert.ok(Date.now() - began < 2000, `${Date.now() - began} ms`);
  assert.match(await gateway.playlist(sim), /#EXT-X-ENDLIST\n$/);
});

gatewayTest('what is no SIM number names no folder', wide, async (gateway) => {
  gateway.say('open 77 ../../elsewhere');
  await until(() => gateway.lines.includes('ended 77'), 'it is refused');
});
