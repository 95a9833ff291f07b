// The relay over TLS beside the same without: what it costs once connections are open, and to open them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../conformance/certificates.mjs';
import { judge, kibibytes, whole } from './report.mjs';
import { inTurns, measure, ofPairs, parley, parleyOverTls, talkTable } from './relays.mjs';

const connections = 2000;
const pairs = [1, 100, 500];
const rounds = 9;
const seconds = 0.5;

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    return await compare([parley, parleyOverTls(makeCertificate(folder, 'localhost'))]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare([plain, overTls]) {
  const relays = [plain, overTls];
  const { of, ratio } = await inTurns(relays, rounds, (relay) =>
    measure(relay, connections, { pairs, seconds }),
  );
  console.log(
    `${whole(connections)} connections, 1 KiB offers in ping-pong, medians of ${rounds} rounds of ${seconds} s; ` +
      `the load generator's encryption is on the same processors.\n`,
  );
  talkTable(relays, pairs, of, {
    'connections/s': (relay) => whole(of(relay, ({ open }) => open.connectionsPerSecond)),
    'resident/connection': (relay) => kibibytes(of(relay, ({ open }) => open.resident) / connections),
  });
  return judge(
    pairs.map((count) => ({
      what: `msg/s over TLS, ${ofPairs(count)}, of those without`,
      atLeast: 0.6,
      reached: ratio(overTls, plain, (phases) => phases[`relay-${count}`].messagesPerSecond),
    })),
  );
}
