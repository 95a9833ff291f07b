// What AddressSanitizer, LeakSanitizer and UBSan are to see of the gateway beside the other tests: many streams in one process,
// which come, go, fail and come again in any order. Without them these tests say that the gateway survives that. A leak, or
// whatever else is reported, is no clean exit.
import { until } from './gateway.mjs';
import { gatewayTest } from './gateway_tests.mjs';
import { Publisher, tracks } from './publisher.mjs';

async function publish(gateway, sim, ...chains) {
  const publisher = new Publisher(...chains);
  const stream = await gateway.open(sim, publisher);
  await publisher.offer();
  await gateway.segments(sim, 1, { seconds: 40 });
  return { publisher, stream };
}

gatewayTest(
  'streams of all codecs at once, that leave, are lost, are killed and begin anew',
  ['--max-transcoded', '8'],
  async (gateway) => {
    const ways = [
      ['100001', [tracks.h264, tracks.opus], 'left'],
      ['100002', [tracks.vp8, tracks.opus], 'lost'],
      ['100003', [tracks.vp9], 'killed'],
      ['100004', [tracks.opus], 'begins anew'],
    ];
    for (let round = 0; round < 2; ++round) {
      await Promise.all(
        ways.map(async ([sim, chains, way]) => {
          const { publisher, stream } = await publish(gateway, sim, ...chains);
          if (way === 'killed') publisher.kill();
          if (way === 'begins anew') {
            const again = new Publisher(...chains);
            gateway.hand(stream, again);
            await again.offer();
            await gateway.segments(sim, 1, { after: await gateway.playlist(sim) });
            again.end();
          }
          await gateway.close(stream, way === 'lost' ? 'lost' : 'left');
          publisher.end();
        }),
      );
    }
  },
);

gatewayTest('streams that end at every point of their beginning', [], async (gateway) => {
  const publishers = Array.from({ length: 6 }, () => new Publisher(tracks.opus, tracks.h264));
  await Promise.all(
    publishers.map(async (publisher, i) => {
      const stream = await gateway.open(String(200_000 + i), publisher);
      const offered = publisher.offer();
      // While the answer is made, while it is on its way, while it connects, and with the first frames.
      await new Promise((resolve) => setTimeout(resolve, i * 150));
      await gateway.close(stream, i % 2 === 0 ? 'left' : 'lost');
      await offered;
    }),
  );
});

gatewayTest('a number that is used again in the instant in which it is over', [], async (gateway) => {
  const sim = '923244219594';
  for (let number = 100_000; number < 100_100; ++number) {
    gateway.say(`open ${number} ::1 ${sim}`);
    gateway.say(`close ${number} left`);
    await until(() => gateway.lines.includes(`ended ${number}`), 'it has ended');
  }
});
