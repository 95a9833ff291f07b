// How fast tokens are checked beside OpenSSL itself, and whether time tells a right one from a wrong one.

import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { judge, printTable, whole } from './report.mjs';

const program = fileURLToPath(new URL('../../build/release/tests/bench/token_check', import.meta.url));
/** Signatures of ECDSA with P-256 that OpenSSL verifies in a second, on one core. */
function opensslRate() {
  const { stdout } = spawnSync('openssl', ['speed', '-seconds', '3', 'ecdsap256'], { encoding: 'utf8' });
  const figures = /\(nistp256\)\s+\S+\s+\S+\s+\S+\s+(\S+)/.exec(stdout);
  return Number(figures[1]);
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
  return judge([
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
