// Relaying descriptions of 1 KiB through each dialect, beside what its document's server is made of. `sim` is not
// among them: who publishes there has nobody to play ping-pong with.

import { judge, median, micros, printTable, whole } from './report.mjs';
import { measure, parley, rival } from './relays.mjs';

// As many as talk. More would have to wait for each other: everyone who registers in `calls` is a list of all users
// to all users, and Flask-SocketIO fails past about 1,000 connections.
const connections = 200;
const pairs = 100;
const rounds = 3;
const seconds = 1.5;
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
  const relays = [
    parley,
    ...Object.entries(beside).flatMap(([dialect, rivals]) => [{ ...parley, dialect }, ...rivals]),
  ];
  const measured = new Map(relays.map((relay) => [relay, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const relay of relays) {
      measured.get(relay).push((await measure(relay, connections, { pairs, seconds }))[phase]);
    }
  }

  console.log(
    `${whole(connections)} connections, ${pairs} pairs, 1 KiB offers in ping-pong, medians of ${rounds} rounds of ` +
      `${seconds} s. \`sim\` is left out: a publisher there has nobody to play with.\n`,
  );
  printTable(
    ['', 'dialect', 'msg/s', 'p50', 'p99', 'server CPU/msg'],
    relays.map((relay) => {
      const figure = (name) => median(measured.get(relay), (round) => round[name]);
      return [
        relay.name,
        relay === parley ? 'parley.v1' : relay.dialect,
        whole(figure('messagesPerSecond')),
        micros(figure('p50')),
        micros(figure('p99')),
        micros(figure('serverCpuPerMessage')),
      ];
    }),
  );

  // Round by round, as those of a round ran within seconds of each other.
  const ratio = (name, one, other) => {
    const ratios = measured.get(one).map((round, at) => round[name] / measured.get(other)[at][name]);
    return median(ratios, (each) => each);
  };
  const goals = relays
    .filter((relay) => relay.name === parley.name && relay !== parley)
    .flatMap((ours) => [
      ...beside[ours.dialect].flatMap((rival) => goalsBeside(rival, ours, ratio)),
      {
        what: `${ours.dialect}: server CPU per message, of parley.v1's`,
        atMost: 1.25,
        reached: ratio('serverCpuPerMessage', ours, parley),
      },
    ]);
  return judge(goals);
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
