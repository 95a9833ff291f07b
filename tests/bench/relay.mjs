// Relaying descriptions of 1 KiB between the two of a pair: throughput, latency, and what a message costs the server.

import { judge, kibibytes, whole } from './report.mjs';
import { inTurns, measure, nodeWs, ofPairs, parley, rawCivetweb, rawEpoll, talkTable } from './relays.mjs';

const connections = 2000;
const pairs = [1, 100, 500];
/** Many short rounds: the machine's speed changes within seconds, and who is compared must run at the same. */
const rounds = 15;
const seconds = 0.5;

export async function run() {
  const relays = [rawEpoll, parley, rawCivetweb, nodeWs];
  const { of, ratio } = await inTurns(relays, rounds, (relay) =>
    measure(relay, connections, { pairs, seconds }),
  );
  console.log(
    `${whole(connections)} connections, 1 KiB offers in ping-pong, medians of ${rounds} rounds of ${seconds} s; ` +
      `latency is one relayed message, from its sender's write to its recipient's read.\n`,
  );
  talkTable(relays, pairs, of, {
    'resident/connection': (relay) => kibibytes(of(relay, ({ open }) => open.resident) / connections),
  });
  const ofRaw = (phase, name) => ratio(parley, rawEpoll, (phases) => phases[phase][name]);
  return judge([
    ...pairs.flatMap((count) => [
      {
        what: `msg/s, ${ofPairs(count)}, of epoll's raw relay`,
        atLeast: 0.75,
        reached: ofRaw(`relay-${count}`, 'messagesPerSecond'),
      },
      {
        what: `server CPU per message, ${ofPairs(count)}, of epoll's raw relay`,
        atMost: 1.4,
        reached: ofRaw(`relay-${count}`, 'serverCpuPerMessage'),
      },
    ]),
    { what: "p50 of one pair, of epoll's raw relay", atMost: 1.4, reached: ofRaw('relay-1', 'p50') },
  ]);
}
