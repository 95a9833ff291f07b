// What the binary lends to the libraries that it loads.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { binary } from './host.mjs';

/** The functions that a file defines for others, without their versions. Variables are copied by the linker. */
function definedFunctions(file) {
  return execFileSync('nm', ['-D', '--defined-only', file], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .trimEnd()
    .split('\n')
    .filter((line) => / [TWi] /.test(line))
    .map((line) => line.split(' ').at(-1).replace(/@.*/, ''));
}

test('nothing of the C library is defined anew', () => {
  const [, libc] = /libc\.so\.6 => (\S+)/.exec(execFileSync('ldd', [binary()], { encoding: 'utf8' }));
  const standard = new Set(definedFunctions(libc));
  for (const name of ['recv', 'poll']) assert.ok(standard.has(name), `${libc} has ${name}`);
  const anew = definedFunctions(binary()).filter((name) => standard.has(name));
  assert.deepEqual(anew, []);
});
