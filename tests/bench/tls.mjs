// The relay over TLS beside the same without: what it costs once connections are open, and to open them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../conformance/certificates.mjs';
import { judge, kibibytes, median, micros, printTable, whole } from './report.mjs';
import { measure, parley, parleyOverTls } from './relays.mjs';

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

async function compare(relays) {
  const measured = new Map(relays.map((relay) => [relay, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const relay of round % 2 ? relays.toReversed() : relays)
      measured.get(relay).push(await measure(relay, connections, { pairs, seconds }));
  }
  const figure = (relay, phase, name) => median(measured.get(relay), (phases) => phases[phase][name]);

  console.log(
    `${whole(connections)} connections, 1 KiB offers in ping-pong, medians of ${rounds} rounds of ${seconds} s; ` +
      `the load generator's encryption is on the same processors.\n`,
  );
  printTable(
    ['', 'pairs', 'msg/s', 'p50', 'p99', 'server CPU/msg', 'connections/s', 'resident/connection'],
    relays.flatMap((relay) =>
      pairs.map((count) => [
        relay.name,
        String(count),
        whole(figure(relay, `relay-${count}`, 'messagesPerSecond')),
        micros(figure(relay, `relay-${count}`, 'p50')),
        micros(figure(relay, `relay-${count}`, 'p99')),
        micros(figure(relay, `relay-${count}`, 'serverCpuPerMessage')),
        whole(figure(relay, 'open', 'connectionsPerSecond')),
        kibibytes(figure(relay, 'open', 'resident') / connections),
      ]),
    ),
  );
  const [plain, overTls] = relays.map((relay) => measured.get(relay));
  return judge(
    pairs.map((count) => ({
      what: `msg/s over TLS, ${count === 1 ? '1 pair' : `${count} pairs`}, of those without`,
      atLeast: 0.6,
      // Round by round, as those of a round ran within seconds of each other.
      reached: median(
        overTls.map((phases, round) => {
          const phase = `relay-${count}`;
          return phases[phase].messagesPerSecond / plain[round][phase].messagesPerSecond;
        }),
        (one) => one,
      ),
    })),
  );
}
