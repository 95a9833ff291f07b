// Relaying descriptions of 1 KiB through each dialect, beside what its document's server is made of. `sim` is not
// among them: who publishes there has nobody to play ping-pong with.

import { judge, median, micros, printTable, whole } from './report.mjs';
import { measure, parley, rival } from './relays.mjs';

// As many as talk. More would have to wait for each other: everyone who registers in `calls` is a list of all users
// to all users, and Flask-SocketIO fails past about 1,000 connections.
const connections = 200;
const pairs = 100;
/** Many short rounds: the machine's speed changes within seconds, and who is compared must run at the same. */
const rounds = 9;
const seconds = 0.5;
const phase = `relay-${pairs}`;

const python = (name, dialect, file) => ({ name, dialect, command: rival('/usr/bin/python3', file) });
const websockets = 'Python websockets';

const beside = {
  fastapi: [python('FastAPI, uvicorn', 'fastapi', 'fastapi_uvicorn.py')],
  serverpod: [python(websockets, 'serverpod', 'serverpod_websockets.py')],
  calls: [python(websockets, 'calls', 'calls_websockets.py')],
  socketio: [
    python('Flask-SocketIO, eventlet', 'socketio', 'socketio_flask.py'),
    { name: 'Node Socket.IO', dialect: 'socketio', command: rival(process.execPath, 'socketio_node.mjs') },
  ],
};

export async function run() {
  // Each dialect has parley.v1 for a neighbour of its own.
  const groups = Object.entries(beside).map(([dialect, rivals]) => ({
    native: { ...parley },
    ours: { ...parley, dialect },
    rivals,
  }));
  const relays = groups.flatMap(({ native, ours, rivals }) => [native, ours, ...rivals]);
  const measured = new Map(relays.map((relay) => [relay, []]));
  for (let round = 0; round < rounds; ++round) {
    // And neither of two neighbours always comes after the other.
    for (const relay of round % 2 ? relays.toReversed() : relays) {
      measured.get(relay).push((await measure(relay, connections, { pairs, seconds }))[phase]);
    }
  }

  console.log(
    `${whole(connections)} connections, ${pairs} pairs, 1 KiB offers in ping-pong, medians of ${rounds} rounds of ` +
      `${seconds} s. \`sim\` is left out: a publisher there has nobody to play with.\n`,
  );
  const row = (name, dialect, figures) => {
    const figure = (what) => median(figures, (round) => round[what]);
    return [
      name,
      dialect,
      whole(figure('messagesPerSecond')),
      micros(figure('p50')),
      micros(figure('p99')),
      micros(figure('serverCpuPerMessage')),
    ];
  };
  const allNative = groups.flatMap(({ native }) => measured.get(native));
  const others = groups.flatMap(({ ours, rivals }) => [ours, ...rivals]);
  printTable(
    ['', 'dialect', 'msg/s', 'p50', 'p99', 'server CPU/msg'],
    [
      row(parley.name, 'parley.v1', allNative),
      ...others.map((relay) => row(relay.name, relay.dialect, measured.get(relay))),
    ],
  );

  // Round by round, as those of a round ran within seconds of each other.
  const ratio = (name, one, other) => {
    const ratios = measured.get(one).map((round, at) => round[name] / measured.get(other)[at][name]);
    return median(ratios, (each) => each);
  };
  return judge(
    groups.flatMap(({ native, ours, rivals }) => [
      ...rivals.flatMap((rival) => goalsBeside(rival, ours, ratio)),
      {
        what: `${ours.dialect}: server CPU per message, of parley.v1's`,
        atMost: 1.25,
        reached: ratio('serverCpuPerMessage', ours, native),
      },
    ]),
  );
}

function goalsBeside(rival, ours, ratio) {
  const speed = {
    what: `${ours.dialect}: msg/s, of ${rival.name}'s`,
    atLeast: rival.name.startsWith('Node') ? 1.5 : 3,
    reached: ratio('messagesPerSecond', ours, rival),
  };
  if (rival.name.startsWith('Node')) return [speed];
  const cpu = {
    what: `${ours.dialect}: server CPU per message, of ${rival.name}'s`,
    atMost: 0.33,
    reached: ratio('serverCpuPerMessage', ours, rival),
  };
  return [speed, cpu];
}
