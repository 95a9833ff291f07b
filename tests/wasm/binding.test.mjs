// What JavaScript can do to the module: the right things, and all the wrong ones.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { before, beforeEach, test } from 'node:test';
import { World, config, folder, handlerMethods, handlerOf, load, sdp, wrongValues } from './module.mjs';

let module;
let world;

before(async () => {
  module = await load();
});
beforeEach(() => {
  world = new World(module);
});

/** Right arguments for every method, after `now`. */
const rightArguments = {
  join: [],
  leave: [],
  update: [{ name: 'Ada', meta: { colour: 'red' } }],
  openSlot: [{ name: 'screen', kind: 'video' }],
  setPresence: [{ microphone: true, camera: false, screen: false }],
  sendMessage: [null, 'chat', 'hello'],
  compared: ['peer-1', true],
  keyRecalled: ['peer-1', 'key'],
  renew: ['a.b.c'],
  moderate: [{ action: 'rules', rules: { locked: true, endsIn: 60 } }],
  retry: [null],
  socketOpened: [1],
  socketMessage: [1, '{}'],
  socketClosed: [1, 1006, ''],
  networkChanged: [],
  timeout: [],
  negotiationNeeded: [1],
  localDescription: [1, 'offer', sdp('u'), { 0: 'camera' }],
  localDescriptionFailed: [1, 'OperationError'],
  remoteDescriptionApplied: [1],
  remoteDescriptionFailed: [1, 'OperationError'],
  localCandidate: [1, { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' }],
  candidateFailed: [1, 'OperationError'],
  signalingStateChanged: [1, 'have-local-offer'],
  iceGatheringStateChanged: [1, 'gathering'],
  iceConnectionStateChanged: [1, 'completed'],
  connectionStateChanged: [1, 'failed'],
  trackAdded: [1, '0', 'audio'],
  trackFlows: [1, '0'],
  channelOpened: [1],
  channelClosed: [1],
  channelMessage: [1, '{}'],
};

/** Whether a value is a right one where `right` is, as far as the declarations say. */
function isRight(method, index, value) {
  const right = rightArguments[method][index];
  if (index === -1) return typeof value === 'number' && value >= 0 && value <= 9e15;
  if (right === null) return value == null || typeof value === 'string';
  if (typeof right === 'boolean') return typeof value === 'boolean';
  if (typeof right === 'string' && !/State|localDescription$|trackAdded/.test(method))
    return value === 'nonsense';
  if (method === 'trackAdded' && index === 1) return value === 'nonsense';
  if (method === 'localDescription' && index === 2) return value === 'nonsense';
  if (method === 'localDescription' && index === 3) return typeof value === 'object' && value !== null;
  if (method === 'update') return typeof value === 'object' && value !== null && !isProxy(value);
  return false;
}
const isProxy = (value) => value === wrongValues.at(-1);

test('every method has right arguments here', () => {
  const methods = Object.getOwnPropertyNames(module.Session.prototype).filter(
    (name) => name !== 'constructor',
  );
  assert.deepEqual(methods.sort(), [...Object.keys(rightArguments), 'snapshot'].sort());
});

test('right arguments are taken by every method', () => {
  for (const [method, args] of Object.entries(rightArguments))
    world
      .member()
      .join()
      .session[method](9, ...args);
});

test('a wrong argument is a TypeError that leaves the session as it was', () => {
  const { session } = world.member().join();
  const untouched = JSON.stringify(session.snapshot());
  let refused = 0;
  for (const [method, rightOnes] of Object.entries(rightArguments)) {
    for (let index = -1; index < rightOnes.length; ++index) {
      for (const value of wrongValues) {
        if (isRight(method, index, value)) continue;
        const args = [9, ...rightOnes];
        args[index + 1] = value;
        assert.throws(
          () => session[method](...args),
          TypeError,
          `${method}, argument ${index + 2}: ${String(typeof value)}`,
        );
        ++refused;
      }
    }
  }
  assert.ok(refused > 700, `${refused} wrong calls were tried`);
  assert.equal(JSON.stringify(session.snapshot()), untouched);
});

test('a wrong number of arguments is a TypeError', () => {
  const { session } = world.member().join();
  for (const [method, args] of Object.entries(rightArguments)) {
    assert.throws(() => session[method](), TypeError, method);
    assert.throws(() => session[method](9, ...args, 9), TypeError, method);
  }
  assert.throws(() => session.snapshot(9), TypeError);
});

test('a method of nothing, or of something else, is a TypeError', () => {
  const { session } = world.member().join();
  for (const self of [undefined, null, {}, 1, 'session', Object.create(module.Session.prototype)]) {
    assert.throws(() => session.join.call(self, 9), TypeError);
    assert.throws(() => session.snapshot.call(self), TypeError);
  }
});

test('a deleted session answers every call with a TypeError', () => {
  const { session } = world.member().join();
  assert.equal(session.isDeleted(), false);
  session.delete();
  assert.equal(session.isDeleted(), true);
  for (const [method, args] of Object.entries(rightArguments)) {
    assert.throws(() => session[method](9, ...args), TypeError, method);
  }
  assert.throws(() => session.snapshot(), TypeError);
  assert.throws(() => session.delete(), TypeError);
});

test('a wrong configuration is a TypeError that names what is wrong', () => {
  const handler = handlerOf(() => {});
  const cyclic = {};
  cyclic.self = cyclic;
  const wrong = {
    url: [undefined, 1],
    room: [undefined, {}],
    name: [1],
    meta: [() => 1, Symbol('s')],
    peer: [1],
    token: [{}],
    secret: [1, {}],
    former: [1, {}],
    entropy: [1, {}],
    slots: [
      'camera',
      [1],
      [{ name: 'camera' }],
      [{ name: 'camera', kind: 'smell' }],
      new Array(1000).fill({}),
    ],
    iceServers: [{}, [{}], [{ urls: 1 }], [{ urls: ['a', 1] }], [{ urls: 'a', username: 1 }]],
    seed: [undefined, 1, [], [1], [1, -1], [1, 2 ** 32], ['1', '2']],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const message = new RegExp(`constructor Session: argument 1: ${field}`);
      assert.throws(() => new module.Session(config({ [field]: value }), handler), {
        name: 'TypeError',
        message,
      });
    }
  }
  assert.throws(() => new module.Session(config({ meta: cyclic }), handler), TypeError);
  assert.throws(() => new module.Session(config({ meta: 1n }), handler), TypeError);
  for (const value of [undefined, null, 1, 'config'])
    assert.throws(() => new module.Session(value, handler), TypeError);
  assert.throws(() => new module.Session(config()), TypeError);
  assert.throws(() => module.Session(config(), handler), TypeError);
});

test('a handler without one of its methods is a TypeError that names the method', () => {
  for (const name of handlerMethods) {
    const handler = { ...handlerOf(() => {}), [name]: undefined };
    const message = new RegExp(`argument 2: ${name} must be a function`);
    assert.throws(() => new module.Session(config(), handler), { name: 'TypeError', message });
  }
});

test('wrong calls in great number take nothing of the stack or the memory', () => {
  const { session } = world.member().join();
  const memory = module.HEAPU8.length;
  for (let i = 0; i < 20_000; ++i) {
    assert.throws(() => session.localDescription(9, 1, 'offer', sdp('u', 50), { 0: 1 }), TypeError);
    assert.throws(() => session.sendMessage(9, 'peer', 'chat', 1), TypeError);
  }
  assert.equal(module.HEAPU8.length, memory);
  assert.equal(session.snapshot().room, 'blue-otter');
});

test('text goes through as it is, and a lone surrogate becomes U+FFFD', () => {
  const name = 'Zoë \u0000 \u{1F600} \uFEFF"\\';
  const member = world
    .member({ name: `${name}\uD800`, meta: { said: '\uDC00\\ud800', list: [1.5, null, true] } })
    .join();
  const [, , text] = member.called('sendSocket')[0];
  const { name: sentName, meta } = JSON.parse(text);
  assert.equal(sentName, `${name}\uFFFD`);
  assert.deepEqual(meta, { said: '\uFFFD\\ud800', list: [1.5, null, true] });
});

test('a token is shown when joining, renewed in the room, and ends the stay', () => {
  const member = world.member({ token: 'first' }).join();
  const said = () => member.called('sendSocket').map(([, , text]) => JSON.parse(text));
  assert.equal(said()[0].token, 'first');
  member.session.renew(++world.now, 'second');
  assert.deepEqual(said().at(-1), { type: 'renew', token: 'second' });
  member.hear({ type: 'renewed', seconds: 90 });
  member.hear({ type: 'token-ends', seconds: 60 });
  member.hear({ type: 'error', code: 'token-expired', message: 'No.' });
  world.settle();
  assert.deepEqual(member.called('tokenEnds'), [['tokenEnds', 60]]);
  const { state, reason, signaling } = member.session.snapshot();
  assert.deepEqual([state, reason.code, signaling], ['lost', 'token-expired', 'closed']);
});

test('who a member is comes with it', () => {
  const [ada, bob] = [world.member().join(), world.member().join()];
  assert.equal(ada.session.snapshot().peers[0].identity, '');
  ada.event({ type: 'peer-updated', peer: { ...bob.describe(), identity: 'bob@example.org' } });
  world.settle();
  assert.equal(ada.called('peerUpdated').at(-1)[1].identity, 'bob@example.org');
  assert.equal(ada.session.snapshot().peers[0].identity, 'bob@example.org');
});

test('a moderator is told of the lobby, decides, and changes the rules', () => {
  const ada = world.member().join();
  const wishes = () =>
    ada
      .called('sendSocket')
      .map(([, , text]) => JSON.parse(text))
      .filter(({ type }) => type === 'moderate')
      .map(({ type: _, seq: __, ack: ___, ...wish }) => wish);
  ada.event({ type: 'role', moderator: true });
  const guest = { id: 'w1', name: 'Zoe', identity: 'zoe@example.org', dialect: 'parley' };
  ada.hear({ type: 'lobby', waiting: [guest], removed: [{ id: 'b1', name: 'Mallory' }] });
  ada.event({
    type: 'rules',
    rules: { private: true, locked: true, share: 'moderators', chat: 'everybody', members: 5 },
  });
  ada.event({ type: 'asked', what: 'camera', by: 'peer-9' });
  world.settle();
  const lobby = {
    waiting: [guest],
    removed: [{ id: 'b1', name: 'Mallory', identity: '', dialect: '' }],
  };
  const rules = {
    private: true,
    locked: true,
    waitingRoom: false,
    share: 'moderators',
    chat: 'everybody',
    members: 5,
    ends: null,
  };
  assert.deepEqual(ada.called('roleChanged'), [['roleChanged', true]]);
  assert.deepEqual(ada.called('lobbyChanged'), [['lobbyChanged', lobby]]);
  assert.deepEqual(ada.called('rulesChanged'), [['rulesChanged', rules]]);
  assert.deepEqual(ada.called('asked'), [['asked', 'camera', 'peer-9']]);
  const snapshot = ada.session.snapshot();
  assert.deepEqual([snapshot.moderator, snapshot.lobby, snapshot.rules], [true, lobby, rules]);

  const asked = [
    { action: 'admit', id: 'w1' },
    { action: 'refuse' },
    { action: 'remove', id: 'peer-9' },
    { action: 'allow', id: 'b1' },
    { action: 'ask', id: 'peer-9', what: 'microphone' },
    { action: 'appoint', id: 'peer-9' },
    { action: 'resign' },
    {
      action: 'rules',
      rules: { private: true, waitingRoom: false, chat: 'moderators', members: 0, endsIn: 3600 },
    },
    { action: 'end' },
  ];
  for (const wish of asked) ada.session.moderate(++world.now, wish);
  assert.deepEqual(wishes(), asked);
  for (const wrong of [
    { action: 'ban' },
    { action: 'ask', what: 'passport' },
    { action: 'rules', rules: { locked: 1 } },
    { action: 'rules', rules: { share: 'nobody' } },
    { action: 'rules', rules: { members: -1 } },
    { action: 'rules', rules: { endsIn: 1e9 } },
  ])
    assert.throws(() => ada.session.moderate(++world.now, wrong), TypeError, JSON.stringify(wrong));
});

test('who waits to be let in is told so', () => {
  const member = world.member();
  member.on_sendSocket = () => member.hear({ type: 'waiting', room: 'blue-otter' });
  member.join();
  const { state, reason, signaling } = member.session.snapshot();
  assert.deepEqual([state, reason.code, signaling], ['connecting', 'waiting-room', 'waiting-room']);
});

test('peers meet, talk and part, and every handler method is called for it', () => {
  const identity = 'bob@example.org';
  const [ada, bob] = [world.member().join(), world.member({ identity }).join()];
  bob.session.sendMessage(++world.now, ada.id, 'chat', 'hello \uD83D\uDE00');
  bob.session.setPresence(++world.now, { microphone: true, camera: false, screen: true });
  ada.session.sendMessage(++world.now, 'nobody', 'chat', 'hello?');
  bob.session.openSlot(++world.now, { name: 'screen', kind: 'video' });
  world.settle();
  assert.deepEqual(ada.called('messageReceived'), [
    ['messageReceived', bob.id, 'chat', 'hello \uD83D\uDE00'],
  ]);
  assert.deepEqual(ada.called('presenceChanged').at(-1)[2], {
    microphone: true,
    camera: false,
    screen: true,
  });
  assert.equal(ada.called('errorRaised')[0][2].code, 'no-such-peer');

  const [peer] = ada.session.snapshot().peers;
  assert.equal(peer.id, bob.id);
  assert.equal(peer.state, 'connected');
  assert.equal(peer.channelOpen, true);
  assert.equal(peer.connection, 'connected');
  assert.ok(
    peer.timeline.some(({ field, value, at }) => field === 'dataChannel' && value === 'open' && at > 0),
  );

  const theirs = bob.session.snapshot().peers[0].verification;
  assert.equal(peer.verification.state, 'unverified');
  assert.equal(peer.verification.emoji.length, 4);
  assert.match(peer.verification.digits, /^\d{6}$/);
  assert.deepEqual(theirs, peer.verification, 'both see the same');
  assert.deepEqual(ada.called('recallKey'), [['recallKey', bob.id, identity]]);
  ada.session.compared(++world.now, bob.id, true);
  const [[, whose, key]] = ada.called('rememberKey');
  assert.equal(whose, identity);
  assert.match(key, /^[0-9a-f]{64}$/);
  bob.session.keyRecalled(++world.now, ada.id, 'another');
  assert.equal(ada.called('verificationChanged').at(-1)[2].state, 'verified');
  assert.equal(bob.called('verificationChanged').at(-1)[2].state, 'changed');

  const iceServers = [{ urls: ['turn:b'], username: 'u', credential: 'c' }];
  ada.event({ type: 'ice-servers', iceServers });
  world.settle();
  assert.deepEqual(ada.called('setIceServers'), [['setIceServers', peer.connectionId, iceServers]]);
  ada.hear({ type: 'token-ends', seconds: 60 });
  ada.event({ type: 'rules', rules: { locked: true } });
  ada.event({ type: 'role', moderator: true });
  ada.hear({ type: 'lobby', waiting: [{ id: 'w1', name: 'Zoe' }], removed: [] });
  ada.event({ type: 'asked', what: 'screen' });
  ada.event({ type: 'peer-away', id: bob.id });
  ada.event({ type: 'peer-back', id: bob.id });
  ada.tell('connectionStateChanged', peer.connectionId, 'failed');
  bob.leave();
  ada.leave();
  const called = new Set([...ada.calls, ...bob.calls].map(([name]) => name));
  assert.deepEqual([...called].sort(), [...handlerMethods].sort());
});

/** Runs `action` with what is reported as uncaught collected. */
function reported(action) {
  const errors = [];
  globalThis.reportError = (error) => errors.push(error);
  try {
    action();
  } finally {
    delete globalThis.reportError;
  }
  return errors;
}

test('what a handler throws is reported, and changes nothing for the session', () => {
  const whole = { calm: 0, throwing: 0 };
  for (const kind of ['calm', 'throwing']) {
    world = new World(module);
    const [ada, bob] = [world.member(), world.member()];
    if (kind === 'throwing') {
      for (const name of handlerMethods) {
        const doIt = ada[`on_${name}`];
        ada[`on_${name}`] = (...args) => {
          doIt?.apply(ada, args);
          throw new Error(name);
        };
      }
    }
    const errors = reported(() => {
      ada.join();
      bob.join();
      bob.leave();
      ada.leave();
    });
    whole[kind] = JSON.stringify(ada.calls);
    assert.equal(errors.length, kind === 'calm' ? 0 : ada.calls.length);
  }
  assert.equal(whole.throwing, whole.calm);
});

test('a handler may call the session back, from any of its methods', () => {
  const ada = world.member();
  const told = new Set();
  for (const name of handlerMethods) {
    const doIt = ada[`on_${name}`];
    ada[`on_${name}`] = (...args) => {
      doIt?.apply(ada, args);
      // Once each: what it says leads to more of the same.
      if (told.has(name)) return;
      told.add(name);
      const pong = JSON.stringify({ type: 'pong', padding: 'y'.repeat(3000) });
      ada.session.sendMessage(++world.now, null, 'chat', `from ${name} ${'x'.repeat(1000)}`);
      ada.session.socketMessage(++world.now, ada.socket ?? 0, pong);
      ada.session.update(++world.now, { name: `Ada in ${name}` });
      ada.session.snapshot();
    };
  }
  ada.join();
  const bob = world.member().join();
  assert.equal(ada.session.snapshot().peers[0].state, 'connected');
  assert.ok(told.size > 10, [...told].join());
  assert.ok(bob.called('messageReceived').length > 5, 'what was said while called back has arrived');
});

test('a handler may delete the session that is calling it: what was decided is still done', () => {
  for (const name of [
    'openSocket',
    'joined',
    'peerJoined',
    'createPeer',
    'assignPeer',
    'closePeer',
    'peerLeft',
    'wakeAt',
  ]) {
    world = new World(module);
    const [ada, bob] = [world.member(), world.member()];
    const doIt = ada[`on_${name}`];
    ada[`on_${name}`] = (...args) => {
      doIt?.apply(ada, args);
      if (!ada.session.isDeleted()) ada.session.delete();
    };
    ada.join();
    bob.join();
    if (!ada.session.isDeleted()) ada.leave();
    assert.equal(ada.session.isDeleted(), true, name);
    bob.leave();
    if (name === 'closePeer') assert.deepEqual(ada.calls.at(-1).slice(0, 1), ['stateChanged']);
  }
});

test('the glue makes no code from strings', () => {
  const glue = readFileSync(new URL('parley.js', folder), 'utf8');
  assert.doesNotMatch(glue, /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(/);
  const program = `
    const { World, load } = await import(${JSON.stringify(new URL('module.mjs', import.meta.url).href)});
    const world = new World(await load());
    const [ada] = [world.member().join(), world.member().join()];
    console.log(ada.session.snapshot().peers[0].state);`;
  const args = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', program];
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim(), 'connected');
});
