// The segments of a stream through the host's front, beside the same file from Civetweb alone.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { judge, printTable, whole } from './report.mjs';
import { figuresOf, host, inTurns, rawCivetweb, whileRunning } from './relays.mjs';

const connections = 8;
const rounds = 9;
const seconds = 1;
/** Four seconds of a camera at 2 Mbit/s. */
const segmentBytes = 1_000_000;
const path = '/13800138000/1-1700000000000-0.ts';

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    return await compare(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(folder) {
  const civetweb = {
    ...rawCivetweb,
    name: 'Civetweb alone',
    command: (port, count) => {
      const [program, args] = rawCivetweb.command(port, count);
      return [program, [...args, folder]];
    },
  };
  const parley = {
    name: 'Parley',
    dialect: 'parley',
    command: (port) =>
      host([
        `--listen=127.0.0.1:${port}`,
        '--hls=on',
        `--hls-dir=${folder}`,
        // A player asks for a segment every few seconds.
        '--requests-per-second=1000000',
        '--request-burst=1000000',
      ]),
  };
  const servers = [civetweb, parley];
  const { of, ratio } = await inTurns(servers, rounds, (server) => fetched(server, folder));
  console.log(
    `One segment of ${whole(segmentBytes)} bytes on ${connections} connections that are kept, ` +
      `medians of ${rounds} rounds of ${seconds} s.\n`,
  );
  printTable(
    ['', 'MB/s', 'answers/s', 'server CPU/GB'],
    servers.map((server) => [
      server.name,
      whole(of(server, ({ bytesPerSecond }) => bytesPerSecond) / 1e6),
      whole(of(server, ({ answersPerSecond }) => answersPerSecond)),
      `${of(server, ({ serverCpuPerGigabyte }) => serverCpuPerGigabyte).toFixed(2)} s`,
    ]),
  );
  return judge([
    {
      what: "bytes a second of a stream's segments, of Civetweb's alone",
      atLeast: 0.7,
      reached: ratio(parley, civetweb, ({ bytesPerSecond }) => bytesPerSecond),
    },
  ]);
}

/** The host tidies its folder up as it starts, so the file comes later. */
const fetched = (server, folder) =>
  whileRunning(server, connections, async (port, pid) => {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), Buffer.alloc(segmentBytes, 0x47));
    const [figures] = await figuresOf('parley_fetch', { port, server: pid, path, connections, seconds });
    return figures;
  });
