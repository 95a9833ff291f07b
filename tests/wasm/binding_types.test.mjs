// parley.d.ts is written by hand: here it is held against the module.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { config, directoryHandlerMethods, handlerMethods, handlerOf, load } from './module.mjs';

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

const directoryConfig = { url: 'ws://localhost/ws', name: 'ada', seed: [1, 2] };

for (const [name, handlerName, configuration, methods] of [
  ['Session', 'Handler', config(), handlerMethods],
  ['Directory', 'DirectoryHandler', directoryConfig, directoryHandlerMethods],
]) {
  test(`every method of ${name} is declared, and every declared one is there`, () => {
    const found = [];
    let level = module[name].prototype;
    for (; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
      found.push(...Object.getOwnPropertyNames(level).filter((method) => method !== 'constructor'));
    }
    assert.deepEqual([...new Set(found)].sort(), [...declared(name).keys()].sort());
  });

  test(`every method of ${name} takes as many arguments as are declared`, () => {
    const object = new module[name](
      configuration,
      handlerOf(() => {}, methods),
    );
    for (const [method, count] of declared(name)) {
      if (method === 'delete' || method === 'isDeleted') continue;
      const expected = new RegExp(`takes ${count} arguments, not ${count + 1}`);
      assert.throws(() => object[method](...new Array(count + 1)), { name: 'TypeError', message: expected });
    }
  });

  test(`every method of the handler of ${name} is declared, and each declared one is required`, () => {
    const names = [...declared(handlerName).keys()];
    assert.deepEqual(names.toSorted(), methods.toSorted());
    const handler = Object.fromEntries(names.map((method) => [method, () => {}]));
    new module[name](configuration, handler).delete();
    for (const method of names) {
      assert.throws(() => new module[name](configuration, { ...handler, [method]: null }), TypeError, method);
    }
  });
}

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
