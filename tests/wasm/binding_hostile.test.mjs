// Nothing that a server or a peer sends traps the module, makes it throw, or leaves it unable to go on.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { World, load, randomFrom, sdp } from './module.mjs';

const rounds = 20_000;
const module = await load();
const random = randomFrom(20_260_101);

let ada;
let bob;
let connection;

function meet() {
  const world = new World(module);
  [ada, bob] = [world.member().join(), world.member().join()];
  connection = ada.session.snapshot().peers[0].connectionId;
  // From here on ada hears only what the tests say.
  world.members.clear();
}

beforeEach(meet);

const peer = {
  id: 'peer-2',
  name: 'Bob',
  meta: { a: [1, { b: null }] },
  incarnation: 'x',
  dialect: 'parley',
  away: true,
  identity: 'bob@example.org',
  moderator: true,
};
const link = { connection: 7, remote: 1, negotiation: 1, slots: { 0: 'camera', 1: 'microphone' } };
const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u1' };

const hostMessages = [
  {
    type: 'joined',
    room: 'r',
    self: 'peer-1',
    session: 's',
    resumed: false,
    ack: 3,
    peers: [peer],
    iceServers: [{ urls: ['stun:a'] }],
    limits: { heartbeatSeconds: 15 },
  },
  { type: 'signal', seq: 5, ack: 1, from: 'peer-2', description: { type: 'offer', sdp: sdp('u2', 2) }, link },
  { type: 'signal', from: 'peer-2', description: { type: 'answer', sdp: sdp('u3', 2) }, link },
  { type: 'signal', from: 'peer-2', candidate, link },
  { type: 'signal', from: 'peer-2', candidate },
  { type: 'peer-joined', peer: { ...peer, id: 'peer-3' } },
  { type: 'peer-updated', peer },
  { type: 'peer-left', id: 'peer-3', reason: 'left' },
  { type: 'peer-away', id: 'peer-2' },
  { type: 'peer-back', id: 'peer-2' },
  { type: 'ack', ack: 2 },
  { type: 'pong', ack: 2 },
  { type: 'token-ends', seconds: 60 },
  { type: 'renewed', seconds: 3600 },
  { type: 'waiting', room: 'r' },
  {
    type: 'rules',
    rules: {
      private: true,
      locked: true,
      waitingRoom: true,
      share: 'moderators',
      chat: 'everybody',
      members: 5,
      endsIn: 60,
    },
  },
  { type: 'role', moderator: true },
  {
    type: 'lobby',
    waiting: [{ id: 'w1', name: 'Zoe', identity: 'zoe@example.org', dialect: 'parley' }],
    removed: [{ id: 'b1', name: 'Mallory' }],
  },
  { type: 'asked', what: 'microphone', by: 'peer-2' },
  { type: 'error', code: 'bad-field', message: 'No.', re: 'signal' },
].map((message) => JSON.stringify(message));

const channelMessages = [
  {
    type: 'hello',
    stream: 9,
    first: 1,
    receivedStream: 4,
    received: 2,
    presence: { microphone: true, camera: false, screen: true },
    verify: 1,
  },
  { type: 'verify', step: 'commit', value: '0f'.repeat(32) },
  { type: 'verify', step: 'nonce', value: '0f'.repeat(32) },
  { type: 'verify', step: 'reveal', value: '0f'.repeat(32) },
  { type: 'presence', presence: { microphone: true, camera: true, screen: true } },
  { type: 'message', seq: 1, topic: 'chat', text: 'hello' },
  { type: 'ack', received: 1 },
].map((message) => JSON.stringify(message));

const fragments = [
  ...'{}[]",:\\ \n\t\0',
  'null',
  'true',
  '-1',
  '0.5',
  '1e999',
  '-1e-999',
  '18446744073709551615',
  '18446744073709551616',
  '4294967296',
  '"type":',
  '"seq":',
  '"__proto__":{"a":1},',
  '\\ud800',
  '\\udc00',
  '\\u0000',
  '\uD800',
  '\uFEFF',
  '\u{1F600}',
  '{"a":',
  '[[[[',
  '"x":"y",',
];

/** Some of a text cut out, put in, said twice, or turned round: most of it stays. */
function mutate(text, others) {
  for (let changes = 1 + random(3); changes > 0; --changes) {
    const at = random(text.length + 1);
    const length = random(10);
    const other = others[random(others.length)];
    const inserted = [
      '',
      fragments[random(fragments.length)],
      text.slice(at, at + random(40)),
      other.slice(random(other.length)),
      String.fromCharCode(random(0x10000)),
    ][random(5)];
    text = text.slice(0, at) + inserted + text.slice(at + length);
  }
  return text;
}

function stillWorks() {
  const { room, peers } = ada.session.snapshot();
  assert.equal(room, 'blue-otter');
  return peers;
}

test(`${rounds} mutated messages of a host`, () => {
  for (let i = 0; i < rounds; ++i) {
    if (i % 500 === 0) {
      for (const member of [ada, bob]) member.session.delete();
      meet();
    }
    ada.session.socketMessage(
      ++ada.world.now,
      1,
      mutate(hostMessages[random(hostMessages.length)], hostMessages),
    );
    ada.world.settle();
    if (i % 100 === 0) stillWorks();
  }
});

test(`${rounds} mutated messages of a peer`, () => {
  for (let i = 0; i < rounds; ++i) {
    ada.session.channelMessage(
      ++ada.world.now,
      connection,
      mutate(channelMessages[random(4)], channelMessages),
    );
    if (i % 100 === 0) {
      ada.session.timeout((ada.world.now += 1000));
      assert.equal(stillWorks().length, 1);
    }
  }
});

test('unmutated messages in any order, with time passing between them', () => {
  for (let i = 0; i < rounds / 4; ++i) {
    ada.session.socketMessage(++ada.world.now, ada.socket, hostMessages[random(hostMessages.length)]);
    if (i % 20 === 0) ada.session.timeout((ada.world.now += random(20_000)));
    if (i % 40 === 0) ada.session.retry(++ada.world.now, null);
    ada.world.settle();
    if (i % 100 === 0) stillWorks();
  }
});

const extremes = {
  'deep nesting': '['.repeat(500_000),
  'deep nesting that ends': '['.repeat(500_000) + ']'.repeat(500_000),
  'deep objects': '{"a":'.repeat(150_000),
  'deep metadata': `{"type":"peer-updated","peer":{"id":"peer-2","meta":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
  'a million values': `{"type":"pong","x":[${'0,'.repeat(500_000)}0]}`,
  'a string of the largest size': `{"type":"pong","x":"${'x'.repeat((1 << 20) - 22)}"}`,
  'a larger message': `{"type":"pong","x":"${'x'.repeat(1 << 20)}"}`,
  'a message of 100 MB': 'x'.repeat(100_000_000),
  nothing: '',
  blanks: ' \n\t',
  NUL: '\0',
  'two objects': '{"type":"pong"}{"type":"pong"}',
  'numbers out of range': '{"type":"ack","ack":1e999,"seq":-1e999,"x":123456789012345678901234567890}',
  'duplicate keys': '{"type":"pong","type":"error","type":{},"type":"ack","ack":1,"ack":"2"}',
  'a lone surrogate': '{"type":"error","code":"\uD800","message":"\uDC00"}',
  'an escaped lone surrogate': '{"type":"error","code":"\\ud800","message":"\\udc00\\ud800"}',
  'a key of the prototype':
    '{"type":"peer-updated","peer":{"id":"peer-2","meta":{"__proto__":{"x":1}},"__proto__":1}}',
  'a peer whose id is empty': '{"type":"peer-joined","peer":{"id":""}}',
  'very many slots': `{"type":"signal","from":"peer-2","description":{"type":"offer","sdp":""},"link":{"connection":3,"slots":{${Array.from({ length: 20_000 }, (_, i) => `"${i}":"s${i}"`)}}}}`,
  'an SDP of nothing but ufrags': `{"type":"signal","from":"peer-2","description":{"type":"offer","sdp":"${Array.from({ length: 20_000 }, (_, i) => `a=ice-ufrag:${i}\\n`).join('')}"}}`,
};

for (const [name, text] of Object.entries(extremes)) {
  test(`${name}, from a host and from a peer`, () => {
    ada.session.socketMessage(++ada.world.now, 1, text);
    ada.session.channelMessage(++ada.world.now, connection, text);
    ada.world.settle();
    stillWorks();
    assert.equal({}.x, undefined);
  });
}

test('a host that names a thousand peers, each of which talks', () => {
  for (let i = 0; i < 1000; ++i) {
    ada.event({ type: 'peer-joined', peer: { ...peer, id: `crowd-${i}`, incarnation: `x-${i}` } });
    ada.event({ type: 'signal', from: `crowd-${i}`, description: { type: 'offer', sdp: sdp('u', 20) } });
    for (let n = 0; n < 20; ++n)
      ada.event({ type: 'signal', from: `crowd-${i}`, candidate: { candidate: `${n}` } });
  }
  ada.world.settle();
  assert.ok(stillWorks().length > 1000);
  assert.ok(module.HEAPU8.length <= 256 << 20);
});
