// Ten and fifty thousand connections held at once: what each costs in memory, and how fast they come up.

import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { judge, kibibytes, median, printTable, whole } from './report.mjs';
import { measure, nodeWs, parley, rawCivetweb, rawEpoll } from './relays.mjs';

const rounds = 3;
// A host may tidy up once nobody talks; clients of parley.v1 are silent for 15 s between heartbeats.
const hold = 10;

/** Raw Civetweb has a thread for each, which is too many for most machines at fifty thousand. */
const sizes = [
  { connections: 10_000, relays: [rawCivetweb, rawEpoll, parley, nodeWs] },
  { connections: 50_000, relays: [rawEpoll, parley, nodeWs] },
];

/** What an idle connection may take of the machine: in the relay, in the load generator, and in the kernel for both ends. */
const bytesEach = 64 * 1024;
/** What a process has open beside its connections. */
const spareDescriptors = 500;

export async function run() {
  const goals = [];
  for (const { connections, relays } of sizes) {
    const missing = whatIsMissing(connections);
    if (missing) console.log(`\n${whole(connections)} connections are left out: ${missing}.`);
    else goals.push(...(await held(connections, relays)));
  }
  return judge(goals);
}

/** Why this machine cannot hold so many; nothing where it can. */
function whatIsMissing(connections) {
  const [, descriptors] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  if (Number(descriptors) < connections + spareDescriptors)
    return `a process may have ${whole(Number(descriptors))} descriptors here`;
  if (freemem() < connections * bytesEach)
    return `they take up to ${kibibytes(connections * bytesEach)} of memory, and ${kibibytes(freemem())} are free`;
  return undefined;
}

async function held(connections, relays) {
  const measured = new Map(relays.map((relay) => [relay, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const relay of relays) measured.get(relay).push(await measure(relay, connections, { hold }));
  }
  const figure = (relay, phase, name) => median(measured.get(relay), (phases) => phases[phase][name]);

  console.log(
    `\n${whole(connections)} connections in rooms of two, medians of ${rounds} rounds; resident is all of the ` +
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

  const goals = [
    {
      what: `resident per connection, of ${whole(connections)}`,
      atMost: 5,
      unit: ' KiB',
      reached: figure(parley, 'held', 'resident') / connections / 1024,
    },
  ];
  if (relays.includes(rawCivetweb)) {
    goals.push({
      what: "handshakes a second, of raw Civetweb's",
      atLeast: 0.5,
      reached:
        figure(parley, 'open', 'connectionsPerSecond') / figure(rawCivetweb, 'open', 'connectionsPerSecond'),
    });
  }
  return goals;
}
