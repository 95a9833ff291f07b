// Every message of "WebRTC Flutter API, Server-Side Guide", spoken to the running host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { error, play, testBadInput, withoutSentence } from './dialect_tests.mjs';
import { startHost } from './host.mjs';

const connect = (host) => Client.at(host, '/webrtc');

async function join(host, roomId, sessionId) {
  const client = await connect(host);
  client.send({ action: 'join', roomId, sessionId });
  await client.next('peers_list');
  return client;
}

/** In room-123, and nothing that they were told on the way there is left. */
async function inRoom(host, ...ids) {
  const clients = {};
  for (const id of ids) clients[id] = await join(host, 'room-123', id);
  for (const client of Object.values(clients)) await client.heard();
  return clients;
}

// As the document has them: what a client says, and the payload that its target gets.
const offer = {
  type: 'webrtc_offer',
  payload: '{"sdp": "...", "type": "offer", "targetPeerId": "user-def"}',
  senderSessionId: 'user-abc',
};
const answer = {
  type: 'webrtc_answer',
  payload: '{"sdp": "...", "type": "answer"}',
  senderSessionId: 'user-def',
};
const candidate = {
  type: 'webrtc_ice_candidate',
  payload: '{"candidate": "...", "targetPeerId": "user-def"}',
  senderSessionId: 'user-abc',
};

/** Payloads are JSON texts: what they say is compared, however they are spaced. */
const read = (message) =>
  message.payload === undefined ? message : { ...message, payload: JSON.parse(message.payload) };

async function playPayloads(clients, steps) {
  for (const client of Object.values(clients)) {
    const heard = client.heard.bind(client);
    client.heard = async () => (await heard()).map(read);
  }
  await play(clients, steps);
}

const signal = (type, payload, senderSessionId) => ({ type, payload, senderSessionId });
const described = (type) => ({ sdp: '...', type });

test('a join is answered with who is there, and the others hear of it with everyone but themselves', async (t) => {
  const host = await startHost(t);
  const abc = await connect(host);
  abc.send({ action: 'join', roomId: 'room-123', sessionId: 'user-abc' });
  assert.deepEqual(await abc.any(), {
    type: 'peers_list',
    peers: [],
    roomId: 'room-123',
    sessionId: 'user-abc',
  });
  const def = await join(host, 'room-123', 'user-def');
  assert.deepEqual(await abc.any(), { type: 'peer_joined', peerId: 'user-def', peers: ['user-def'] });
  const ghi = await join(host, 'room-123', 'user-ghi');
  await abc.any();
  assert.deepEqual(await def.any(), {
    type: 'peer_joined',
    peerId: 'user-ghi',
    peers: ['user-abc', 'user-ghi'],
  });

  const xyz = await connect(host);
  xyz.send({
    action: 'join',
    roomId: 'room-123',
    sessionId: 'user-xyz',
    metadata: { name: 'John Doe', role: 'admin' },
  });
  assert.deepEqual(await xyz.any(), {
    type: 'peers_list',
    peers: ['user-abc', 'user-def', 'user-ghi'],
    roomId: 'room-123',
    sessionId: 'user-xyz',
  });
  const peers = ['user-def', 'user-ghi', 'user-xyz'];
  assert.deepEqual(await abc.any(), { type: 'peer_joined', peerId: 'user-xyz', peers });
  ghi.socket.close();
  assert.deepEqual(await xyz.any(), { type: 'peer_left', peerId: 'user-ghi' });
});

test('every message of the document is relayed as the document shows it', async (t) => {
  const host = await startHost(t);
  const clients = await inRoom(host, 'user-abc', 'user-def', 'user-ghi');
  await playPayloads(clients, [
    ['user-abc', offer, { 'user-def': [signal('webrtc_offer', described('offer'), 'user-abc')] }],
    ['user-def', answer, { 'user-abc': [signal('webrtc_answer', described('answer'), 'user-def')] }],
    [
      'user-abc',
      candidate,
      { 'user-def': [signal('webrtc_ice_candidate', { candidate: '...' }, 'user-abc')] },
    ],
    [
      'user-def',
      { type: 'leave_room' },
      {
        'user-abc': [{ type: 'peer_left', peerId: 'user-def' }],
        'user-ghi': [{ type: 'peer_left', peerId: 'user-def' }],
      },
    ],
    ['user-def', { type: 'leave_room' }, { 'user-def': [error('not-joined')] }],
  ]);
});

test("the document's conversation by wscat: an offer without a type gets one", async (t) => {
  const host = await startHost(t);
  const user1 = await connect(host);
  user1.send('{"action":"join","roomId":"test","sessionId":"user1"}');
  assert.deepEqual(await user1.any(), { type: 'peers_list', peers: [], roomId: 'test', sessionId: 'user1' });
  const user2 = await join(host, 'test', 'user2');
  await user1.heard();
  await playPayloads({ user1, user2 }, [
    [
      'user1',
      '{"type":"webrtc_offer","payload":"{\\"sdp\\":\\"...\\",\\"targetPeerId\\":\\"user2\\"}","senderSessionId":"user1"}',
      { user2: [signal('webrtc_offer', described('offer'), 'user1')] },
    ],
  ]);
});

test('without a target an offer and a candidate go to all others, an answer to who offered last', async (t) => {
  const host = await startHost(t);
  const clients = await inRoom(host, 'a', 'b', 'c');
  const say = (type, payload) => ({ type, payload: JSON.stringify(payload), senderSessionId: 'x' });
  const toAll = signal('webrtc_offer', described('offer'), 'a');
  const ice = signal('webrtc_ice_candidate', { candidate: '...', sdpMid: '0', sdpMLineIndex: 0 }, 'c');
  await playPayloads(clients, [
    ['b', say('webrtc_answer', described('answer')), { b: [error('no-such-peer')] }],
    ['a', say('webrtc_offer', described('offer')), { b: [toAll], c: [toAll] }],
    ['c', say('webrtc_ice_candidate', ice.payload), { a: [ice], b: [ice] }],
    ['c', say('webrtc_ice_candidate', { ...ice.payload, targetPeerId: '' }), { a: [ice], b: [ice] }],
    [
      'b',
      say('webrtc_answer', described('answer')),
      { a: [signal('webrtc_answer', described('answer'), 'b')] },
    ],
  ]);
});

test('nobody can speak as another; the target is removed, what else is in the payload stays', async (t) => {
  const host = await startHost(t);
  const clients = await inRoom(host, 'a', 'b');
  const payload = { sdp: '…\n"', type: 'offer', quality: { top: [1, 2] } };
  const claimed = {
    type: 'webrtc_offer',
    payload: JSON.stringify({ targetPeerId: 'b', ...payload }),
    senderSessionId: 'somebody-else',
    roomId: 'another-room',
    shoeSize: 42,
  };
  await playPayloads(clients, [['a', claimed, { b: [signal('webrtc_offer', payload, 'a')] }]]);
});

test('candidates may be texts, objects, null or empty, and are always texts to the recipient', async (t) => {
  const host = await startHost(t);
  const clients = await inRoom(host, 'a', 'b');
  const whole = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
  const step = (payload, expected) => [
    'a',
    { type: 'webrtc_ice_candidate', payload: JSON.stringify(payload) },
    { b: [signal('webrtc_ice_candidate', expected, 'a')] },
  ];
  await playPayloads(clients, [
    step(whole, whole),
    step({ candidate: whole, targetPeerId: 'b' }, whole),
    step({ candidate: '', sdpMid: '0' }, { candidate: '', sdpMid: '0' }),
    step({ candidate: null, sdpMLineIndex: 0 }, { candidate: '', sdpMLineIndex: 0 }),
    step({ candidate: null, targetPeerId: 'b' }, { candidate: '' }),
  ]);
});

test('a session id that is taken is an error, and the newcomer is closed', async (t) => {
  const host = await startHost(t);
  const { a } = await inRoom(host, 'a');
  const newcomer = await connect(host);
  newcomer.send({ action: 'join', roomId: 'room-123', sessionId: 'a' });
  assert.deepEqual(withoutSentence(await newcomer.any()), error('peer-taken'));
  assert.equal((await newcomer.closed).code, 1008);
  assert.deepEqual(await a.heard(), []);
});

test('who left may join again, another room too', async (t) => {
  const host = await startHost(t);
  const { a } = await inRoom(host, 'a');
  a.send({ type: 'leave_room' });
  a.send({ action: 'join', roomId: 'elsewhere', sessionId: 'b' });
  assert.deepEqual(await a.any(), { type: 'peers_list', peers: [], roomId: 'elsewhere', sessionId: 'b' });
});

const long = 'x'.repeat(129);
const payloadOf = (payload) => ({ type: 'webrtc_offer', payload });
testBadInput({
  dialect: 'serverpod',
  connect,
  join: (host, name) => join(host, 'r', name),
  before: [
    ['unknown-type', { action: 'dance' }],
    ['bad-field', { action: 5 }],
    ['bad-field', { action: 'join' }],
    ['bad-field', { action: 'join', roomId: 'r' }],
    ['bad-field', { action: 'join', sessionId: 'a' }],
    ['bad-field', { action: 'join', roomId: 5, sessionId: 'a' }],
    ['bad-field', { action: 'join', roomId: 'r', sessionId: ['a'] }],
    ['bad-field', { action: 'join', roomId: '', sessionId: 'a' }],
    ['bad-field', { action: 'join', roomId: 'r', sessionId: '' }],
    ['bad-field', { action: 'join', roomId: long, sessionId: 'a' }],
    ['bad-field', { action: 'join', roomId: 'r', sessionId: long }],
    ['bad-field', { action: 'join', roomId: 'a\u0007b', sessionId: 'a' }],
    ['bad-field', { action: 'join', roomId: 'r', sessionId: 'a\u0085b' }],
    ['bad-field', { action: 'join', roomId: 'r', sessionId: 'a', metadata: { long: 'x'.repeat(5000) } }],
    ['not-joined', { type: 'leave_room' }],
    ['not-joined', offer],
    ['not-joined', answer],
    ['not-joined', candidate],
  ],
  after: [
    ['already-joined', { action: 'join', roomId: 'r', sessionId: 'c' }],
    ['already-joined', { action: 'join', roomId: 'r2', sessionId: 'c' }],
    ['bad-field', { type: 'webrtc_offer' }],
    ['bad-field', payloadOf({ sdp: 'v=0', type: 'offer' })],
    ['bad-field', payloadOf('')],
    ['bad-field', payloadOf('v=0')],
    ['bad-field', payloadOf('[]')],
    ['bad-field', payloadOf('{}')],
    ['bad-field', payloadOf('{"sdp":5}')],
    ['bad-field', payloadOf('{"sdp":"v=0","type":"answer"}')],
    ['bad-field', payloadOf('{"sdp":"v=0","type":null}')],
    ['bad-field', payloadOf('{"sdp":"a","sdp":"b"}')],
    ['bad-field', payloadOf('{"sdp":"v=0","targetPeerId":5}')],
    ['bad-field', payloadOf('{"sdp":"v=0","targetPeerId":"a","targetPeerId":"b"}')],
    ['bad-field', payloadOf('{"sdp":"a\u0007b"}')],
    ['bad-field', { type: 'webrtc_ice_candidate', payload: '{}' }],
    ['bad-field', { type: 'webrtc_ice_candidate', payload: '{"candidate":5}' }],
    ['bad-field', { type: 'webrtc_ice_candidate', payload: '{"candidate":{"candidate":[]}}' }],
    ['bad-field', { type: 'webrtc_ice_candidate', payload: '{"candidate":"","sdpMLineIndex":"0"}' }],
    ['no-such-peer', payloadOf('{"sdp":"v=0","targetPeerId":"nobody"}')],
    ['no-such-peer', payloadOf(`{"sdp":"v=0","targetPeerId":"${long}"}`)],
    ['no-such-peer', payloadOf('{"sdp":"v=0","targetPeerId":"bob"}')],
  ],
  harmless: payloadOf('{"sdp":"v=0","targetPeerId":"ada"}'),
  left: (name) => ({ type: 'peer_left', peerId: name }),
});
