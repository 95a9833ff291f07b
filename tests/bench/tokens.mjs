// How fast tokens are checked beside OpenSSL itself, and whether time tells a right one from a wrong one.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { makeKey, makeToken } from '../conformance/tokens.mjs';
import { host } from './relays.mjs';
import { judge, printTable, whole } from './report.mjs';

const program = fileURLToPath(new URL('../../build/release/tests/bench/token_check', import.meta.url));
/** Signatures of ECDSA with P-256 that OpenSSL verifies in a second, on one core. */
function opensslRate() {
  const { stdout } = spawnSync('openssl', ['speed', '-seconds', '3', 'ecdsap256'], { encoding: 'utf8' });
  const figures = /\(nistp256\)\s+\S+\s+\S+\s+\S+\s+(\S+)/.exec(stdout);
  return Number(figures[1]);
}

/** Of proc_pid_stat(5): user and system time, in seconds. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Joins and leaves with a token of ES256, one after the other on each of a few sockets. */
async function joinsFor(port, key, milliseconds) {
  let joins = 0;
  const end = Date.now() + milliseconds;
  const one = async (number) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'parley.v1', { perMessageDeflate: false });
    await once(socket, 'open');
    const token = makeToken(key, { may: ['join'], room: `room-${number}` });
    const wish = JSON.stringify({ type: 'join', room: `room-${number}`, secret: `page-${number}`, token });
    while (Date.now() < end) {
      socket.send(wish);
      const [told] = await once(socket, 'message');
      if (JSON.parse(told).type !== 'joined') throw new Error(String(told));
      socket.send('{"type":"leave"}');
      ++joins;
    }
    socket.terminate();
  };
  await Promise.all(Array.from({ length: 16 }, (_, number) => one(number)));
  return joins;
}

/** How many of them the host takes in a second of one core. */
async function joinRate() {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const key = makeKey('ES256');
  writeFileSync(join(folder, 'key.json'), JSON.stringify(key.jwk));
  const unlimited = [
    'tokens-per-second',
    'token-burst',
    'joins-per-minute',
    'joins-at-once',
    'messages-per-second',
  ];
  const [program, args] = host([
    ...['--listen=127.0.0.1:0', '--hls=off', '--auth=all', `--auth-key=${join(folder, 'key.json')}`],
    ...unlimited.map((name) => `--${name}=1000000000`),
  ]);
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, STATE_DIRECTORY: folder },
  });
  try {
    const [line] = await once(child.stdout, 'data');
    const port = /:(\d+)\s/.exec(line)[1];
    await joinsFor(port, key, 500);
    const before = cpuOf(child.pid);
    const joins = await joinsFor(port, key, 5_000);
    return joins / (cpuOf(child.pid) - before);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
    rmSync(folder, { recursive: true });
  }
}

export async function run() {
  const algorithms = JSON.parse(execFileSync(program, { encoding: 'utf8' }));
  const rows = Object.entries(algorithms).flatMap(([name, { micros, kinds }]) =>
    Object.entries(kinds).map(([kind, wrong]) => ({ name, kind, right: micros, ...wrong })),
  );
  printTable(
    ['10,000 of each', 'wrong by', 'right, µs', 'wrong, µs', 'told apart by time'],
    rows.map(({ name, kind, right, micros, toldApart }) => [
      name,
      kind,
      right.toFixed(2),
      micros.toFixed(2),
      toldApart.toFixed(3),
    ]),
  );
  const openssl = opensslRate();
  console.log(`\nOpenSSL verifies ${whole(openssl)} signatures of ES256 a second.`);
  const joins = await joinRate();
  console.log(`The host takes ${whole(joins)} joins with ES256 in a second of one core, a leave with each.`);
  return judge([
    { what: 'joins with ES256 a second a core', atLeast: Math.min(2_000, openssl / 2), reached: joins },
    {
      what: 'checks of ES256 a second',
      atLeast: Math.min(2_000, openssl / 2),
      reached: 1e6 / algorithms.ES256.micros,
    },
    {
      what: 'medians of right and wrong apart',
      atMost: 2,
      unit: ' %',
      reached: Math.max(...rows.map(({ right, micros }) => (Math.abs(micros - right) / right) * 100)),
    },
  ]);
}
