// parley.d.ts is written by hand: here it is held against the module.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { config, handlerMethods, handlerOf, load } from './module.mjs';

const root = new URL('../../', import.meta.url);
const declarations = readFileSync(new URL('wasm/binding/parley.d.ts', root), 'utf8');
const module = await load();

/** The methods that an interface declares, and how many arguments each takes. */
function declared(name) {
  const body = declarations.match(new RegExp(`export interface ${name} \\{\\n(.*?)\\n\\}`, 's'))[1];
  const methods = body.replaceAll(/\/\*\*.*?\*\//gs, '').matchAll(/^  (\w+)\(([^)]*)\):/gm);
  return new Map(
    [...methods].map(([, method, args]) => [
      method,
      args.replaceAll(/\{.*?\}/gs, '').match(/\w+\??:/g)?.length ?? 0,
    ]),
  );
}

test('every method of the session is declared, and every declared one is there', () => {
  const { prototype } = module.Session;
  const methods = [];
  for (let level = prototype; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    methods.push(...Object.getOwnPropertyNames(level).filter((name) => name !== 'constructor'));
  }
  assert.deepEqual([...new Set(methods)].sort(), [...declared('Session').keys()].sort());
});

test('every method takes as many arguments as are declared', () => {
  const session = new module.Session(
    config(),
    handlerOf(() => {}),
  );
  for (const [method, count] of declared('Session')) {
    if (method === 'delete' || method === 'isDeleted') continue;
    const expected = new RegExp(`takes ${count} arguments, not ${count + 1}`);
    assert.throws(() => session[method](...new Array(count + 1)), { name: 'TypeError', message: expected });
  }
});

test('every method of the handler is declared, and each declared one is required', () => {
  const names = [...declared('Handler').keys()];
  assert.deepEqual(names.toSorted(), handlerMethods.toSorted());
  const handler = Object.fromEntries(names.map((name) => [name, () => {}]));
  new module.Session(config(), handler).delete();
  for (const name of names) {
    assert.throws(() => new module.Session(config(), { ...handler, [name]: null }), TypeError, name);
  }
});

test('an embedder written in TypeScript compiles, and one with mistakes does not', () => {
  const compiler = fileURLToPath(new URL('node_modules/.bin/tsc', root));
  const sample = fileURLToPath(new URL('embedder.ts', import.meta.url));
  const options = ['--strict', '--noEmit', '--target', 'ES2022', '--module', 'ESNext', '--lib', 'ES2023,DOM'];
  const how = ['--ignoreConfig', '--moduleResolution', 'Bundler', '--types', '', ...options];
  try {
    execFileSync(compiler, [...how, sample], { encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
});
