// Offers of any kind, one after another in the same stream: each is answered or refused, and the process goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAnswer } from '../fuzz/offers/check_answer.mjs';
import { count, run } from '../fuzz/offers/run.mjs';
import { until } from './gateway.mjs';
import { gatewayTest, sim } from './gateway_tests.mjs';

const transport = [
  'a=ice-ufrag:publisher',
  'a=ice-pwd:of-the-publisher-1234567',
  `a=fingerprint:sha-256 ${Array(32).fill('AA').join(':')}`,
  'a=setup:actpass',
];

/** Of video lines, each with a mid and a port. */
const offerOf = (...lines) =>
  [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${lines.map(({ mid }) => mid).join(' ')}`,
    ...lines.flatMap(({ mid, port }) => [
      `m=video ${port} UDP/TLS/RTP/SAVPF 96`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${mid}`,
      'a=sendonly',
      'a=rtcp-mux',
      ...transport,
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1;profile-level-id=42e01f',
    ]),
    '',
  ].join('\r\n');

const chains = {
  'two m-lines exchange their mids': [
    offerOf({ mid: 0, port: 9 }, { mid: 1, port: 0 }),
    offerOf({ mid: 1, port: 9 }, { mid: 0, port: 0 }),
    offerOf({ mid: 0, port: 0 }, { mid: 1, port: 9 }),
  ],
  'another mid is in the place of a rejected m-line': [
    offerOf({ mid: 0, port: 9 }, { mid: 1, port: 9 }),
    offerOf({ mid: 0, port: 9 }, { mid: 1, port: 0 }),
    offerOf({ mid: 0, port: 9 }, { mid: 2, port: 9 }),
  ],
  'an m-line goes, and comes back under the mid of another': [
    offerOf({ mid: 0, port: 9 }, { mid: 1, port: 9 }),
    offerOf({ mid: 1, port: 9 }),
    offerOf({ mid: 1, port: 9 }, { mid: 0, port: 9 }),
  ],
};

for (const [name, offers] of Object.entries(chains)) {
  gatewayTest(`${name}: each offer is answered`, [], async (gateway) => {
    const answers = [];
    const publisher = { signal: ({ description }) => description && answers.push(description.sdp) };
    const stream = await gateway.open(sim, publisher);
    for (const [index, sdp] of offers.entries()) {
      publisher.onSignal({ description: { type: 'offer', sdp } });
      await until(() => answers.length > index, `answer ${index + 1}`);
      checkAnswer(answers[index], sdp);
    }
    assert.deepEqual(stream.notices, []);
    await gateway.close(stream);
  });
}

// `./dev fuzz offer_chains` has others, and more of them.
test('generated chains of offers end no process', { timeout: 300_000 }, async () => {
  const { wrong, how, log } = await run(Array.from({ length: 400 }, (_, seed) => seed).values(), () => true);
  assert.deepEqual(
    wrong.map(({ seed, error }) => `seed ${seed}: ${error.message}`),
    [],
  );
  assert.equal(how, undefined, log);
  assert.equal(count.chains, 400);
  assert.ok(count.answers > 500 && count.refusals > 100, JSON.stringify(count));
});
