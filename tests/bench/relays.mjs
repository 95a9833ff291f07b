// The relays that are measured side by side, each a process of its own on loopback, and the load generator.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { median, micros, printTable, whole } from './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const longestStart = 60_000;

/** A few workers more than connections: Civetweb needs a thread for each, and some to answer HTTP. */
const spareWorkers = 100;

export const parley = {
  name: 'Parley',
  dialect: 'parley',
  command: (port, connections) => host([`--listen=127.0.0.1:${port}`, '--hls=off', ...forAll(connections)]),
};

/** The same over TLS, with this certificate: `['--tls-cert', FILE, '--tls-key', FILE]`. */
export const parleyOverTls = (certificate) => ({
  name: 'Parley over TLS',
  dialect: 'parley',
  tls: true,
  command: (port, connections) =>
    host([`--listen=127.0.0.1:${port}s`, ...certificate, '--hls=off', ...forAll(connections)]),
});

/** The program and its arguments. */
export const host = (args) => [
  `${root}build/dist/bin/parley`,
  [`--web=${root}tests/bench/rivals`, '--log-level=error', ...args],
];

/** Limits for so many connections that all come from a few addresses. */
const forAll = (connections) => [
  `--max-connections=${connections}`,
  `--max-rooms=${connections}`,
  // All of them come from one address.
  `--rooms-per-address=${connections}`,
  `--places-per-address=${connections}`,
  `--names-per-address=${connections}`,
  // A ping-pong is thousands of times more than a client may send.
  '--messages-per-second=1000000000',
  '--bytes-per-second=1000000000',
];

export const rawCivetweb = {
  name: 'Civetweb, raw relay',
  dialect: 'raw',
  command: (port, connections) => [
    `${root}build/release/tests/bench/raw_civetweb`,
    [String(port), String(connections + spareWorkers)],
  ],
};

export const rawEpoll = {
  name: 'epoll, raw relay',
  dialect: 'raw',
  command: (port) => [`${root}build/release/tests/bench/raw_epoll`, [String(port)]],
};

export const nodeWs = {
  name: 'Node ws, parse and stringify',
  dialect: 'json',
  command: rival(process.execPath, 'node_ws.mjs'),
};

/** A relay of tests/bench/rivals, run by an interpreter. */
export function rival(interpreter, file) {
  return (port) => [interpreter, [`${root}tests/bench/rivals/${file}`, String(port)]];
}

/**
 * Starts a relay for this many connections, loads it, stops it, and returns what the load generator measured,
 * by phase.
 */
export async function measure(relay, connections, loadOptions) {
  return whileRunning(relay, connections, async (port, server) => {
    const args = {
      port,
      server,
      dialect: relay.dialect,
      tls: relay.tls ?? false,
      connections,
      ...loadOptions,
    };
    const phases = {};
    for (const { phase, ...figures } of await figuresOf('parley_load', args)) phases[phase] = figures;
    return phases;
  });
}

/** What `act(relay)` measures of each, round by round, and the median of one of its figures. */
export async function inTurns(relays, rounds, act) {
  const measured = new Map(relays.map((relay) => [relay, []]));
  // Interleaved, so that a noisy minute of the machine hits all of them.
  for (let round = 0; round < rounds; ++round) {
    // And neither of two neighbours always comes after the other.
    for (const relay of round % 2 ? relays.toReversed() : relays) measured.get(relay).push(await act(relay));
  }
  const of = (relay, pick) => median(measured.get(relay), pick);
  // Round by round, as those of a round ran within seconds of each other.
  const ratio = (relay, other, pick) =>
    median(
      measured.get(relay).map((figures, round) => pick(figures) / pick(measured.get(other)[round])),
      (one) => one,
    );
  return { of, ratio };
}

/** The figures of ping-pong, a row for each relay and number of pairs; `more` has further columns of a relay. */
export function talkTable(relays, pairs, of, more) {
  printTable(
    ['', 'pairs', 'msg/s', 'p50', 'p99', 'server CPU/msg', ...Object.keys(more)],
    relays.flatMap((relay) =>
      pairs.map((count) => {
        const figure = (name) => of(relay, (phases) => phases[`relay-${count}`][name]);
        return [
          relay.name,
          String(count),
          whole(figure('messagesPerSecond')),
          micros(figure('p50')),
          micros(figure('p99')),
          micros(figure('serverCpuPerMessage')),
          ...Object.values(more).map((column) => column(relay)),
        ];
      }),
    ),
  );
}

export const ofPairs = (count) => (count === 1 ? '1 pair' : `${count} pairs`);

/** Starts a server for this many connections, and stops it after `act(port, pid)`, whose result it returns. */
export async function whileRunning(relay, connections, act) {
  const port = await freePort();
  const server = await start(relay, port, connections);
  try {
    return await act(port, server.pid);
  } finally {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }
}

/** Runs one of the programs here that print lines of JSON. */
export async function figuresOf(program, args) {
  const running = spawn(
    `${root}build/release/tests/bench/${program}`,
    Object.entries(args).map(([name, value]) => `--${name}=${value}`),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(running, 'exit');
  const lines = [];
  for await (const line of createInterface({ input: running.stdout })) lines.push(JSON.parse(line));
  const [code] = await exited;
  if (code !== 0) throw new Error(`${program} failed; its message is above.`);
  return lines;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function start(relay, port, connections) {
  const [file, args] = relay.command(port, connections);
  const server = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  server.stdout.resume();
  const failed = once(server, 'exit').then(([code]) => {
    throw new Error(`${relay.name} did not start: it exited with code ${code}.`);
  });
  failed.catch(() => {});
  try {
    await Promise.race([answers(relay, port, server), failed]);
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
  return server;
}

/** Where a WebSocket of this dialect is opened that takes nobody's place. */
const probePaths = {
  raw: '/raw',
  json: '/ws',
  parley: '/ws',
  fastapi: '/webrtc/signaling/probe/probe',
  serverpod: '/webrtc',
  calls: '/',
  socketio: '/socket.io/?EIO=4&transport=websocket',
};

/**
 * A port is open, and may even be answered with an error, while thousands of threads are still being started. What
 * counts is a WebSocket that is open.
 */
async function answers(relay, port, server) {
  const end = Date.now() + longestStart;
  for (;;) {
    const socket = new WebSocket(
      `${relay.tls ? 'wss' : 'ws'}://127.0.0.1:${port}${probePaths[relay.dialect]}`,
      relay.dialect === 'parley' ? 'parley.v1' : [],
      {
        perMessageDeflate: false,
        rejectUnauthorized: false,
        handshakeTimeout: Math.max(1, end - Date.now()),
      },
    );
    const closed = new Promise((resolve) => socket.once('close', resolve));
    try {
      await once(socket, 'open');
      return;
    } catch (error) {
      if (Date.now() > end || server.exitCode !== null)
        throw new Error(`${relay.name} did not answer: ${error.message}`);
    } finally {
      socket.terminate();
      await closed;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
