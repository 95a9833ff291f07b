// The user directory as a WebAssembly module has it: right and wrong calls, calls by name between two, and what a host
// may send. (The types of its methods are held against the module in binding_types.test.mjs.)

import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { directoryHandlerMethods, handlerOf, load, randomFrom, wrongValues } from './module.mjs';

let module;
let host;

before(async () => {
  module = await load();
});

/** Registers everybody and puts their calls through. Nothing waits: it is settled when nobody has anything to say. */
class Host {
  now = 0;
  users = new Map();
  #tasks = [];

  settle() {
    for (let task; (task = this.#tasks.shift());) task();
  }

  user(name, heard = () => {}, more = {}) {
    const user = { name, calls: [], socket: 0 };
    const handler = handlerOf((method, args) => {
      user.calls.push([method, ...args]);
      if (method === 'openSocket') this.tell(user, 'socketOpened', (user.socket = args[0]));
      if (method === 'sendSocket') this.#receive(user, JSON.parse(args[1]));
      heard(user, method, args);
    }, directoryHandlerMethods);
    const config = { url: 'ws://localhost/ws', name, id: `id-${name}`, seed: [1, name.length], ...more };
    user.directory = new module.Directory(config, handler);
    return user;
  }

  tell(user, method, ...args) {
    this.#tasks.push(() => {
      if (!user.directory.isDeleted()) user.directory[method](++this.now, ...args);
    });
  }

  do(user, method, ...args) {
    user.directory[method](++this.now, ...args);
    this.settle();
    return user;
  }

  online(name, heard) {
    return this.do(this.user(name, heard), 'register');
  }

  say(user, message) {
    this.tell(user, 'socketMessage', user.socket, JSON.stringify(message));
  }

  #receive(user, { type, name, reason }) {
    const other = this.users.get(name);
    const about = { name: user.name, id: `id-${user.name}` };
    if (type === 'ping') this.say(user, { type: 'pong' });
    if (type === 'leave') this.users.delete(user.name);
    if (type === 'register') {
      this.users.set(name, user);
      this.say(user, { type: 'registered', name, call: null, limits: { heartbeatSeconds: 15 } });
    }
    if (type === 'register' || type === 'leave') {
      const users = [...this.users.keys()].map((each) => ({ name: each, id: `id-${each}` }));
      for (const each of this.users.values()) this.say(each, { type: 'users', users });
    }
    if (!other) return;
    if (type === 'call') this.say(other, { type: 'incoming', ...about });
    if (type === 'reject') this.say(other, { type: 'rejected', ...about, reason });
    if (type === 'cancel') this.say(other, { type: 'ended', ...about, reason: 'cancelled' });
    if (type === 'hangup') this.say(other, { type: 'ended', ...about, reason: 'ended' });
    if (type === 'accept') {
      this.say(other, { type: 'accepted', ...about, room: 'call-1' });
      this.say(user, { type: 'accepted', name, id: `id-${name}`, room: 'call-1' });
    }
  }
}

beforeEach(() => {
  host = new Host();
});

const called = (user, method) => user.calls.filter(([name]) => name === method).map(([, ...args]) => args);

/** Right arguments for every method, after `now`. */
const rightArguments = {
  register: [],
  leave: [],
  dial: ['bob'],
  accept: [],
  reject: [],
  hangUp: [],
  renew: ['a.b.c'],
  retry: [],
  socketOpened: [1],
  socketMessage: [1, '{}'],
  socketClosed: [1, 1006, ''],
  networkChanged: [],
  timeout: [],
};

test('right arguments are taken by every method, and these are all', () => {
  const methods = Object.getOwnPropertyNames(module.Directory.prototype).filter(
    (name) => name !== 'constructor',
  );
  assert.deepEqual(methods.sort(), [...Object.keys(rightArguments), 'snapshot'].sort());
  for (const [method, args] of Object.entries(rightArguments))
    host.online('ada').directory[method](9, ...args);
});

test('a wrong argument, or a wrong number of them, is a TypeError that leaves the directory as it was', () => {
  const { directory } = host.online('ada');
  const untouched = JSON.stringify(directory.snapshot());
  for (const [method, args] of Object.entries(rightArguments)) {
    assert.throws(() => directory[method](), TypeError, method);
    assert.throws(() => directory[method](9, ...args, 9), TypeError, method);
    for (let index = 0; index <= args.length; ++index) {
      for (const value of wrongValues) {
        const right = [9, ...args];
        const instant = typeof value === 'number' && value >= 0 && value <= 9e15;
        if (index === 0 ? instant : typeof right[index] === typeof value && typeof value === 'string')
          continue;
        right[index] = value;
        assert.throws(() => directory[method](...right), TypeError, `${method}, argument ${index + 1}`);
      }
    }
  }
  assert.equal(JSON.stringify(directory.snapshot()), untouched);
});

test('a wrong configuration or handler is a TypeError that names what is wrong', () => {
  const handler = handlerOf(() => {}, directoryHandlerMethods);
  const right = { url: 'ws://localhost/ws', name: 'ada', seed: [1, 2] };
  for (const wrong of [
    { url: 7 },
    { name: null },
    { name: 7 },
    { id: 7 },
    { former: 7 },
    { seed: [1] },
    { seed: null },
  ]) {
    const [field] = Object.keys(wrong);
    assert.throws(() => new module.Directory({ ...right, ...wrong }, handler), {
      name: 'TypeError',
      message: new RegExp(field),
    });
  }
  for (const wrong of [undefined, null, {}, { ...handler, callChanged: 7 }]) {
    assert.throws(() => new module.Directory(right, wrong), TypeError);
  }
});

test('a session is no directory, and nothing else is', () => {
  const { directory } = host.online('ada');
  for (const self of [undefined, null, {}, 1, Object.create(module.Directory.prototype)]) {
    assert.throws(() => directory.register.call(self, 9), TypeError);
  }
  const session = new module.Session(
    { url: 'ws://localhost/ws', room: 'r', seed: [1, 2] },
    handlerOf(() => {}),
  );
  assert.throws(() => directory.register.call(session, 9), TypeError);
  assert.throws(() => session.join.call(directory, 9), TypeError);
});

test('a deleted directory answers every call with a TypeError', () => {
  const { directory } = host.online('ada');
  directory.delete();
  assert.equal(directory.isDeleted(), true);
  for (const [method, args] of Object.entries(rightArguments)) {
    assert.throws(() => directory[method](9, ...args), TypeError, method);
  }
  assert.throws(() => directory.delete(), TypeError);
});

test('two see each other, call, talk and hang up', () => {
  const ada = host.online('ada');
  const bob = host.online('bob');
  assert.deepEqual(called(ada, 'usersChanged').at(-1), [[{ name: 'bob', id: 'id-bob', inCall: false }]]);
  assert.deepEqual(called(ada, 'stateChanged').at(-1), [
    'connected',
    { code: 'online', message: 'You are online.' },
  ]);
  host.do(ada, 'dial', 'bob');
  const none = { code: '', message: '' };
  assert.deepEqual(called(bob, 'callChanged').at(-1), [
    { state: 'incoming', name: 'ada', id: 'id-ada', room: '', reason: none },
  ]);
  host.do(bob, 'accept');
  assert.deepEqual(called(ada, 'callChanged').at(-1), [
    { state: 'accepted', name: 'bob', id: 'id-bob', room: 'call-1', reason: none },
  ]);
  host.do(ada, 'hangUp');
  const ended = { code: 'ended', message: 'The call has ended.' };
  for (const { directory } of [ada, bob]) {
    const { state, call } = directory.snapshot();
    assert.deepEqual([state, call.state, call.reason], ['connected', 'idle', ended]);
  }
});

test('a call rings for half a minute, by the timer', () => {
  const ada = host.online('ada');
  host.online('bob');
  host.do(ada, 'dial', 'bob');
  for (let i = 0; ada.directory.snapshot().call.state === 'outgoing' && i < 100; ++i) {
    host.now = Math.max(host.now, called(ada, 'wakeAt').at(-1)[0]);
    host.do(ada, 'timeout');
  }
  assert.equal(ada.directory.snapshot().call.reason.code, 'timed-out');
  assert.ok(Math.abs(host.now - 30_000) < 50, `${host.now} ms`);
});

test('a token is shown when registering, renewed while online, and takes it offline when it ends', () => {
  const ada = host.do(
    host.user('ada', () => {}, { token: 'first' }),
    'register',
  );
  const said = () => called(ada, 'sendSocket').map(([, text]) => JSON.parse(text));
  assert.equal(said()[0].token, 'first');
  host.do(ada, 'renew', 'second');
  assert.deepEqual(said().at(-1), { type: 'renew', token: 'second' });
  host.say(ada, { type: 'renewed', seconds: 90 });
  host.say(ada, { type: 'token-ends', seconds: 60 });
  host.say(ada, { type: 'error', code: 'token-expired', message: 'No.' });
  host.settle();
  assert.deepEqual(called(ada, 'tokenEnds'), [[60]]);
  const { state, reason } = ada.directory.snapshot();
  assert.deepEqual([state, reason.code], ['lost', 'token-expired']);
});

test('what cannot be done is raised, with whom it was about', () => {
  const ada = host.user('ada');
  host.do(ada, 'dial', 'bob');
  assert.deepEqual(called(ada, 'errorRaised')[0][0], 'bob');
  assert.equal(called(ada, 'errorRaised')[0][1].code, 'not-registered');
});

test('a handler may call the directory back, and delete it', () => {
  host.online('ada');
  const bob = host.online('bob', (user, method, [call]) => {
    if (method === 'callChanged' && call.state === 'incoming') user.directory.accept(++host.now);
    if (method === 'callChanged' && call.state === 'accepted') user.directory.delete();
  });
  host.do(host.users.get('ada'), 'dial', 'bob');
  assert.equal(host.users.get('ada').directory.snapshot().call.state, 'accepted');
  assert.equal(bob.directory.isDeleted(), true);
});

test('10,000 directories register, call, leave and are deleted without growth', () => {
  const highWater = () => {
    const block = module._malloc(128 << 10);
    module._free(block);
    return block;
  };
  const round = () => {
    host = new Host();
    const pair = [host.online('ada'), host.online('bob')];
    host.do(pair[0], 'dial', 'bob');
    host.do(pair[1], 'accept');
    host.do(pair[1], 'hangUp');
    for (const user of pair) host.do(user, 'leave').directory.delete();
  };
  for (let i = 0; i < 200; ++i) round();
  const before = highWater();
  for (let i = 0; i < 5_000; ++i) round();
  assert.ok(highWater() <= before + 10_000, `grew from ${before} to ${highWater()}`);
});

const messages = [
  { type: 'registered', name: 'ada', id: '7', call: { name: 'bob', id: '9', state: 'accepted', room: 'r' } },
  { type: 'registered', name: 'ada', id: '7', call: null, limits: { messageBytes: 9, heartbeatSeconds: 1 } },
  { type: 'users', users: [{ name: 'bob', id: '9' }, { name: 'ada' }] },
  { type: 'incoming', name: 'bob', id: '9' },
  { type: 'accepted', name: 'bob', id: '9', room: 'call-1' },
  { type: 'token-ends', seconds: 60 },
  { type: 'renewed', seconds: 3600 },
  { type: 'rejected', name: 'bob', reason: 'busy' },
  { type: 'ended', name: 'bob', reason: 'gone' },
  { type: 'pong' },
  { type: 'error', code: 'no-call', message: 'No.', re: 'hangup' },
  { type: 'error', code: 'user-busy', message: 'No.', re: 'call' },
  { type: 'error', code: 'name-taken', message: 'No.', re: 'register' },
].map((message) => JSON.stringify(message));

test('20,000 mutated messages of a host, with wishes between them', () => {
  const random = randomFrom(20_261_121);
  const wishes = ['register', 'accept', 'reject', 'hangUp', 'retry', 'networkChanged', 'leave'];
  const ada = host.online('ada');
  for (let i = 0; i < 20_000; ++i) {
    let text = messages[random(messages.length)];
    if (random(3) > 0) {
      const at = random(text.length);
      const put = ['', '"', '{', '7', '\\ud800', 'null', String.fromCharCode(random(0x10000))][random(7)];
      text = text.slice(0, at) + put + text.slice(at + random(8));
    }
    ada.directory.socketMessage(++host.now, ada.socket, text);
    if (random(4) === 0) ada.directory.dial(++host.now, ['bob', 'eve', ''][random(3)]);
    if (random(4) === 0) ada.directory[wishes[random(wishes.length - (random(9) ? 1 : 0))]](++host.now);
    if (random(20) === 0) ada.directory.timeout((host.now += random(40_000)));
    host.settle();
    ada.calls.length = 0;
  }
  const { state, call } = ada.directory.snapshot();
  assert.ok(['connecting', 'connected', 'reconnecting', 'lost'].includes(state));
  assert.ok(['idle', 'outgoing', 'incoming', 'accepted'].includes(call.state));
});
