// Calls through a TURN server, coturn, which checks credentials that the host has made.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { Coturn } from '../hls/coturn.mjs';
import { connectByRelaysOnly, pathOf, restartIce } from './support/ice.mjs';
import { suite } from './support/suite.mjs';

const test = suite('trusting');

/** Both tabs reach each other through a TURN server alone, which has a secret with their host. */
async function meetByRelays({ host, join }, transport, options, run) {
  const server = await Coturn.start(transport);
  const folder = await mkdtemp(path(tmpdir(), 'parley-test-'));
  try {
    const secret = path(folder, 'secret');
    await writeFile(secret, server.secret);
    await host.stop();
    await host.restart('--turn', server.uri, '--turn-secret-file', secret, ...options);
    const ada = await join('Ada', { init: connectByRelaysOnly });
    const bob = await join('Bob', { init: connectByRelaysOnly });
    await ada.meets('Bob');
    await bob.meets('Ada');
    await run(ada, bob);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

for (const transport of ['udp', 'tcp', 'tls'])
  test(`tabs without another path meet by ${transport} through the TURN server that has a secret with their host`, (stage) =>
    meetByRelays(stage, transport, [], async (ada) => {
      const { types, protocol } = await ada.page.evaluate(pathOf);
      assert.deepEqual(types, ['relay', 'relay']);
      assert.equal(protocol, transport);
    }));

test('an ICE restart after the first credential has ended goes through relays, too', (stage) =>
  meetByRelays(stage, 'udp', ['--turn-seconds', '2'], async (ada, bob) => {
    const before = await ada.page.evaluate(pathOf);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await ada.page.evaluate(restartIce);
    let after = before;
    for (const end = Date.now() + 15_000; after.ufrag === before.ufrag && Date.now() < end;)
      after = await ada.page.evaluate(pathOf);
    assert.notEqual(after.ufrag, before.ufrag, 'the path is a new one');
    assert.deepEqual(after.types, ['relay', 'relay']);
    await ada.meets('Bob');
    await bob.meets('Ada');
  }));
