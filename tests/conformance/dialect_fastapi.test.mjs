// Every message of "WebRTC Implementation in FastAPI", spoken to the running host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { error, play, testBadInput, withoutSentence } from './dialect_tests.mjs';
import { startHost } from './host.mjs';

const path = (room, peer) => `/webrtc/signaling/${encodeURIComponent(room)}/${encodeURIComponent(peer)}`;

/** In the room, its `existing_peers` not taken. */
const connect = (host, room, peer) => Client.at(host, path(room, peer));

async function join(host, room, peer) {
  const client = await connect(host, room, peer);
  await client.next('existing_peers');
  return client;
}

const offer = { type: 'offer', offer: { type: 'offer', sdp: '...' }, target_peer_id: 'peer2' };
const answer = { type: 'answer', answer: { type: 'answer', sdp: '...' }, target_peer_id: 'peer1' };
const candidate = {
  type: 'ice_candidate',
  candidate: { candidate: '...', sdpMLineIndex: 0, sdpMid: '0' },
  target_peer_id: 'peer2',
};

test('who connects hears who is there, and the others hear of it; who goes is heard of', async (t) => {
  const host = await startHost(t);
  const peer1 = await connect(host, 'room1', 'peer1');
  assert.deepEqual(await peer1.any(), { type: 'existing_peers', peers: [] });
  const peer2 = await connect(host, 'room1', 'peer2');
  assert.deepEqual(await peer2.any(), { type: 'existing_peers', peers: ['peer1'] });
  assert.deepEqual(await peer1.any(), { type: 'peer_joined', peer_id: 'peer2' });
  const peer3 = await connect(host, 'room1', 'peer3');
  assert.deepEqual(await peer3.any(), { type: 'existing_peers', peers: ['peer1', 'peer2'] });
  peer2.socket.close();
  assert.deepEqual(await peer3.any(), { type: 'peer_left', peer_id: 'peer2' });
});

test('every signaling message of the document reaches its target, with from_peer_id', async (t) => {
  const host = await startHost(t);
  const clients = {
    peer1: await join(host, 'room1', 'peer1'),
    peer2: await join(host, 'room1', 'peer2'),
    peer3: await join(host, 'room1', 'peer3'),
  };
  for (const client of Object.values(clients)) await client.heard();
  await play(clients, [
    ['peer1', offer, { peer2: [{ ...offer, from_peer_id: 'peer1' }] }],
    ['peer2', answer, { peer1: [{ ...answer, from_peer_id: 'peer2' }] }],
    ['peer1', candidate, { peer2: [{ ...candidate, from_peer_id: 'peer1' }] }],
  ]);
});

test('without a target an offer and a candidate go to all others, an answer to who offered last', async (t) => {
  const host = await startHost(t);
  const clients = {};
  for (const peer of ['peer1', 'peer2', 'peer3']) clients[peer] = await join(host, 'room1', peer);
  for (const client of Object.values(clients)) await client.heard();
  const untargeted = ({ target_peer_id, ...rest }) => rest;
  const from = (peer, message) => ({ ...untargeted(message), from_peer_id: peer });
  await play(clients, [
    ['peer2', untargeted(answer), { peer2: [error('no-such-peer')] }],
    ['peer1', untargeted(offer), { peer2: [from('peer1', offer)], peer3: [from('peer1', offer)] }],
    ['peer3', untargeted(offer), { peer1: [from('peer3', offer)], peer2: [from('peer3', offer)] }],
    ['peer2', untargeted(answer), { peer3: [from('peer2', answer)] }],
    ['peer1', untargeted(answer), { peer3: [from('peer1', answer)] }],
    [
      'peer1',
      untargeted(candidate),
      { peer2: [from('peer1', candidate)], peer3: [from('peer1', candidate)] },
    ],
    [
      'peer1',
      { ...candidate, target_peer_id: null },
      { peer2: [from('peer1', candidate)], peer3: [from('peer1', candidate)] },
    ],
  ]);
});

test('nobody can speak as another, and fields of no meaning are dropped', async (t) => {
  const host = await startHost(t);
  const clients = { peer1: await join(host, 'room1', 'peer1'), peer2: await join(host, 'room1', 'peer2') };
  await clients.peer1.heard();
  const claimed = { ...offer, from_peer_id: 'peer9', shoeSize: 42 };
  await play(clients, [['peer1', claimed, { peer2: [{ ...offer, from_peer_id: 'peer1' }] }]]);
});

test('room and peer in the address are percent-decoded', async (t) => {
  const host = await startHost(t);
  const ada = await join(host, 'blue otter/ü', 'ada@home');
  const bob = await connect(host, 'blue otter/ü', 'bób');
  assert.deepEqual(await bob.any(), { type: 'existing_peers', peers: ['ada@home'] });
  assert.deepEqual(await ada.any(), { type: 'peer_joined', peer_id: 'bób' });
});

const addresses = [
  ['peer-taken', 'an id that is taken', path('room1', 'peer1')],
  ['bad-field', 'an empty peer id', path('room1', '')],
  ['bad-field', 'an empty room', path('', 'peer2')],
  ['bad-field', 'an over-long peer id', path('room1', 'x'.repeat(129))],
  ['bad-field', 'an over-long room', path('ü'.repeat(65), 'peer2')],
  ['bad-field', 'a control character', path('room1', 'a\u0007b')],
  ['bad-field', 'a NUL', path('room1', 'a\u0000b')],
];
for (const [code, what, address] of addresses) {
  test(`${what} in the address is answered by ${code}, and the newcomer is closed`, async (t) => {
    const host = await startHost(t);
    const peer1 = await join(host, 'room1', 'peer1');
    const newcomer = await Client.at(host, address);
    assert.deepEqual(withoutSentence(await newcomer.any()), error(code));
    assert.equal((await newcomer.closed).code, 1008);
    assert.deepEqual(await peer1.heard(), [], 'nobody hears of it');
  });
}

test('ids of 128 bytes are let in', async (t) => {
  const host = await startHost(t);
  await join(host, 'r'.repeat(128), 'ü'.repeat(64));
});

test('addresses that are not quite right are no place for a WebSocket', async (t) => {
  const host = await startHost(t);
  const wrongs = [
    '/webrtc/signaling/r',
    '/webrtc/signaling/r/p/q',
    '/webrtc/signaling/r/%zz',
    '/webrtc/signaling/r/%',
  ];
  const notUtf8 = ['/webrtc/signaling/r/%ff', '/webrtc/signaling/%c3%28/p'];
  for (const wrong of [...wrongs, ...notUtf8]) await assert.rejects(Client.at(host, wrong), /404/, wrong);
});

testBadInput({
  dialect: 'fastapi',
  connect: (host) => join(host, 'r', 'newcomer'),
  join: (host, name) => join(host, 'r', name),
  after: [
    ['unknown-type', { type: 'join', room: 'r' }],
    ['bad-field', { type: 'offer' }],
    ['bad-field', { type: 'offer', offer: 'v=0' }],
    ['bad-field', { type: 'offer', offer: [] }],
    ['bad-field', { type: 'offer', offer: {} }],
    ['bad-field', { type: 'offer', offer: { type: 'offer', sdp: 5 } }],
    ['bad-field', { type: 'offer', offer: { type: 'answer', sdp: 'v=0' } }],
    ['bad-field', { type: 'offer', offer: { type: 7, sdp: 'v=0' } }],
    ['bad-field', '{"type":"offer","offer":{"type":"offer","sdp":"a","sdp":"b"}}'],
    ['bad-field', '{"type":"offer","offer":{"type":"offer","sdp":"a"},"offer":{"type":"offer","sdp":"b"}}'],
    ['bad-field', { ...offer, target_peer_id: 5 }],
    ['bad-field', { type: 'answer', offer: { type: 'answer', sdp: 'v=0' } }],
    ['bad-field', { type: 'ice_candidate' }],
    ['bad-field', { type: 'ice_candidate', candidate: 5 }],
    ['bad-field', { type: 'ice_candidate', candidate: { candidate: 5 } }],
    ['no-such-peer', { ...offer, target_peer_id: 'nobody' }],
    ['no-such-peer', { ...offer, target_peer_id: 'x'.repeat(5000) }],
    ['no-such-peer', { ...offer, target_peer_id: 'a\u0007b' }],
    ['no-such-peer', { ...offer, target_peer_id: 'bob' }],
  ],
  harmless: { ...offer, target_peer_id: 'ada' },
  left: (name) => ({ type: 'peer_left', peer_id: name }),
});
