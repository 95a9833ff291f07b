// Deleting a session frees all of it. Where a large block comes to lie tells of the smallest leak: whatever is
// left behind is in its way.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { World, load } from './module.mjs';

const warmUp = 200;
let module;

beforeEach(async () => {
  module = await load();
});

function highWater() {
  const block = module._malloc(128 << 10);
  module._free(block);
  return { block, memory: module.HEAPU8.length };
}

/** Asserts that `rounds` more of `action` need no more memory than the first few did. */
function assertConstant(rounds, action) {
  for (let i = 0; i < warmUp; ++i) action();
  const before = highWater();
  for (let i = 0; i < rounds; ++i) action();
  const after = highWater();
  assert.equal(after.memory, before.memory);
  // Where the first free block lies varies by what was freed last. The smallest leak there can be, 16 bytes a round, is
  // eight times as much as this.
  const leeway = rounds * 2;
  assert.ok(after.block <= before.block + leeway, `grew from ${before.block} to ${after.block}`);
}

function talk(world, [ada, bob]) {
  ada.session.sendMessage(++world.now, null, 'chat', 'hello'.repeat(100));
  bob.session.sendMessage(++world.now, ada.id, 'chat', 'hello');
  bob.session.setPresence(++world.now, { microphone: true, camera: true, screen: false });
  bob.session.openSlot(++world.now, { name: 'screen', kind: 'video' });
  world.settle();
  ada.session.snapshot();
}

test('10,000 sessions join, connect, talk, leave and are deleted without growth', () => {
  assertConstant(5_000, () => {
    const world = new World(module);
    const pair = [world.member().join(), world.member().join()];
    talk(world, pair);
    assert.equal(pair[1].called('messageReceived').length, 1);
    for (const member of pair) member.leave();
    for (const member of pair) member.session.delete();
  });
});

test('sessions that are deleted in the middle of everything leave nothing either', () => {
  let round = 0;
  assertConstant(1_000, () => {
    const world = new World(module);
    const pair = [world.member(), world.member()];
    const doomed = pair[round % 2];
    let calls = ++round % 29;
    doomed.on_peerTracked =
      doomed.on_stateChanged =
      doomed.on_wakeAt =
        () => {
          if (--calls === 0) doomed.session.delete();
        };
    for (const member of pair) if (!member.session.isDeleted()) member.join();
    for (const member of pair) if (!member.session.isDeleted()) member.session.delete();
  });
});

test('one session joins and leaves 10,000 times without growth', () => {
  const world = new World(module);
  const ada = world.member();
  assertConstant(10_000, () => {
    ada.join();
    ada.leave();
    ada.calls.length = 0;
  });
});

test('a session that stays does not grow by 2,000 who come and go', () => {
  const world = new World(module);
  const ada = world.member().join();
  assertConstant(2_000, () => {
    const bob = world.member().join();
    talk(world, [ada, bob]);
    bob.leave();
    bob.session.delete();
    ada.calls.length = 0;
    ada.session.timeout((world.now += 2_000));
  });
});

test('wrong calls leave nothing behind', () => {
  const { session } = new World(module).member().join();
  assertConstant(10_000, () => {
    assert.throws(() => session.localDescription(9, 1, 'offer', 'sdp'.repeat(1000), { 0: 1 }), TypeError);
    assert.throws(() => session.sendMessage(9, 'peer', 'topic', 1), TypeError);
    assert.throws(
      () => new module.Session({ url: 'ws://localhost/ws', room: 'r', seed: [1, 2] }, {}),
      TypeError,
    );
  });
});
