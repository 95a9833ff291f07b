// Relaying descriptions of 1 KiB between the two of a pair: throughput, latency, and what a message costs the server.

import { judge, kibibytes, median, micros, printTable, whole } from './report.mjs';
import { measure, nodeWs, parley, rawCivetweb, rawEpoll } from './relays.mjs';

const connections = 2000;
const pairs = [1, 100, 500];
/** Many short rounds: the machine's speed changes within seconds, and who is compared must run at the same. */
const rounds = 15;
const seconds = 0.5;

export async function run() {
  const relays = [rawEpoll, parley, rawCivetweb, nodeWs];
  const measured = new Map(relays.map((relay) => [relay, []]));
  // Interleaved, so that a noisy minute of the machine hits all of them.
  for (let round = 0; round < rounds; ++round) {
    // And neither of two neighbours always comes after the other.
    for (const relay of round % 2 ? relays.toReversed() : relays) {
      measured.get(relay).push(await measure(relay, connections, { pairs, seconds }));
    }
  }
  const figure = (relay, phase, name) => median(measured.get(relay), (phases) => phases[phase][name]);

  console.log(
    `${whole(connections)} connections, 1 KiB offers in ping-pong, medians of ${rounds} rounds of ${seconds} s; ` +
      `latency is one relayed message, from its sender's write to its recipient's read.\n`,
  );
  printTable(
    ['', 'pairs', 'msg/s', 'p50', 'p99', 'server CPU/msg', 'resident/connection'],
    relays.flatMap((relay) =>
      pairs.map((count) => [
        relay.name,
        String(count),
        whole(figure(relay, `relay-${count}`, 'messagesPerSecond')),
        micros(figure(relay, `relay-${count}`, 'p50')),
        micros(figure(relay, `relay-${count}`, 'p99')),
        micros(figure(relay, `relay-${count}`, 'serverCpuPerMessage')),
        kibibytes(figure(relay, 'open', 'resident') / connections),
      ]),
    ),
  );
  // Round by round, as those of a round ran within seconds of each other.
  const ratio = (phase, name) => {
    const ratios = measured
      .get(parley)
      .map((phases, round) => phases[phase][name] / measured.get(rawEpoll)[round][phase][name]);
    return median(ratios, (one) => one);
  };
  return judge([
    ...pairs.flatMap((count) => [
      {
        what: `msg/s, ${ofPairs(count)}, of epoll's raw relay`,
        atLeast: 0.75,
        reached: ratio(`relay-${count}`, 'messagesPerSecond'),
      },
      {
        what: `server CPU per message, ${ofPairs(count)}, of epoll's raw relay`,
        atMost: 1.4,
        reached: ratio(`relay-${count}`, 'serverCpuPerMessage'),
      },
    ]),
    { what: "p50 of one pair, of epoll's raw relay", atMost: 1.4, reached: ratio('relay-1', 'p50') },
  ]);
}

const ofPairs = (count) => (count === 1 ? '1 pair' : `${count} pairs`);
