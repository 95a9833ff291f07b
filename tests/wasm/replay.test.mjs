// The core promises the same outputs for the same inputs, byte for byte, natively and in WebAssembly. The native
// simulation records what sessions lived through; both builds live through it again, and all three must agree.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../build/', import.meta.url));
const simulation = join(build, 'release/tests/simulation/parley_simulation');
const nativeReplay = [join(build, 'release/tests/simulation/parley_replay')];
// Emscripten 3.1.6 takes a global fetch() for a browser's, and Node.js' own knows no file.
const wasmReplay = [
  process.execPath,
  '--no-experimental-fetch',
  join(build, 'wasm/tests/simulation/parley_replay.js'),
];

const seeds = 50;

/** All traces, one after the other: each begins with a configuration, so a replay knows where. */
let recorded;
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-traces-'));
  for (let seed = 1; seed <= seeds; ++seed)
    execFileSync(simulation, ['--seed', `${seed}`, '--record', folder]);
  const traces = readdirSync(folder).sort();
  recorded = traces.map((trace) => readFileSync(join(folder, trace), 'utf8')).join('');
});

after(() => rmSync(folder, { recursive: true }));

function replay([program, ...words]) {
  return execFileSync(program, words, { input: recorded, encoding: 'utf8', maxBuffer: 1 << 30 });
}

/** Shows the first line that differs, not megabytes. */
function assertSame(replayed) {
  if (replayed === recorded) return;
  const expected = recorded.split('\n');
  const actual = replayed.split('\n');
  const line = expected.findIndex((text, index) => text !== actual[index]);
  assert.equal(actual[line], expected[line], `line ${line + 1} of ${expected.length} is the first to differ`);
  assert.fail(`the replay has ${actual.length} lines, the recording ${expected.length}`);
}

test('the recorded traces are full of life', () => {
  const sessions = recorded.match(/^\{"config":/gm).length;
  assert.ok(sessions >= 2 * seeds, `${sessions} sessions of ${seeds} schedules were recorded`);
  for (const happening of [
    'RestartIce',
    'MessageReceived',
    'TrackStarted',
    'PeerLeft',
    'SetRemoteDescription',
  ]) {
    assert.ok(recorded.includes(`{"output":"${happening}"`), `no session has put out ${happening}`);
  }
});

test('the native core lives through a trace again as it was recorded', () =>
  assertSame(replay(nativeReplay)));

test('the core as WebAssembly lives through it exactly as natively', () => assertSame(replay(wasmReplay)));
