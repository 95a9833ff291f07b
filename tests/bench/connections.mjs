// Ten thousand connections held at once: what each costs in memory, and how fast they come up.

import { judge, kibibytes, median, printTable, whole } from './report.mjs';
import { measure, nodeWs, parley, rawCivetweb } from './relays.mjs';

const connections = 10_000;
const rounds = 3;
// A host may tidy up once nobody talks; clients of parley.v1 are silent for 15 s between heartbeats.
const hold = 10;

export async function run() {
  const relays = [rawCivetweb, parley, nodeWs];
  const measured = new Map(relays.map((relay) => [relay, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const relay of relays) measured.get(relay).push(await measure(relay, connections, { hold }));
  }
  const figure = (relay, phase, name) => median(measured.get(relay), (phases) => phases[phase][name]);

  console.log(
    `${whole(connections)} connections in rooms of two, medians of ${rounds} rounds; resident is all of the ` +
      `process, by the number of connections, after ${hold} s in which nobody said anything.\n`,
  );
  printTable(
    ['', 'connections/s', 'resident/connection', 'when just opened', 'before any came'],
    relays.map((relay) => [
      relay.name,
      whole(figure(relay, 'open', 'connectionsPerSecond')),
      kibibytes(figure(relay, 'held', 'resident') / connections),
      kibibytes(figure(relay, 'open', 'resident') / connections),
      kibibytes(figure(relay, 'open', 'residentBefore') / connections),
    ]),
  );
  return judge([
    {
      what: 'resident per connection',
      atMost: 44,
      unit: ' KiB',
      reached: figure(parley, 'held', 'resident') / connections / 1024,
    },
  ]);
}
