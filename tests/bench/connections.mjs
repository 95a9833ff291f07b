// Ten thousand connections held at once: what each costs in memory, and how fast they come up.

import { judge, kibibytes, median, printTable, whole } from './report.mjs';
import { measure, nodeWs, parley, rawCivetweb } from './relays.mjs';

const connections = 10_000;
const rounds = 3;

export async function run() {
  const relays = [rawCivetweb, parley, nodeWs];
  const measured = new Map(relays.map((relay) => [relay, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const relay of relays) measured.get(relay).push((await measure(relay, connections, {})).open);
  }
  const figure = (relay, name) => median(measured.get(relay), (open) => open[name]);

  console.log(
    `${whole(connections)} connections in rooms of two, medians of ${rounds} rounds; resident is all of the ` +
      `process by the number of connections.\n`,
  );
  printTable(
    ['', 'connections/s', 'resident/connection', 'of it before any came'],
    relays.map((relay) => [
      relay.name,
      whole(figure(relay, 'connectionsPerSecond')),
      kibibytes(figure(relay, 'resident') / connections),
      kibibytes(figure(relay, 'residentBefore') / connections),
    ]),
  );
  return judge([
    {
      what: 'resident per connection',
      atMost: 44,
      unit: ' KiB',
      reached: figure(parley, 'resident') / connections / 1024,
    },
  ]);
}
