// Every message of "WebRTC Implementation with SIM Number Support", spoken to the running host, with no media
// gateway: the room's only other member takes the stream.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { error, play, testBadInput, withoutSentence } from './dialect_tests.mjs';
import { startHost } from './host.mjs';

const sim = '923244219594';

const connect = (host, number = sim) => Client.at(host, `/${number}`);

async function publisher(host) {
  const client = await connect(host);
  client.send({ type: 'join', simNumber: sim });
  await client.next('joined');
  return client;
}

/** Another member of the SIM's room. */
async function viewer(host, name = 'viewer') {
  const client = await Client.at(host, `/webrtc/signaling/${sim}/${name}`);
  await client.next('existing_peers');
  return client;
}

// As the document has them.
const join = { type: 'join', simNumber: sim, timestamp: 1640995200000 };
const joined = { type: 'joined', simNumber: sim, message: 'Successfully joined room' };
const offer = {
  type: 'offer',
  sdp: { type: 'offer', sdp: 'v=0\r\no=- ... [SDP content]' },
  simNumber: sim,
  timestamp: 1640995200000,
};
const answer = { type: 'answer', sdp: { type: 'answer', sdp: 'v=0\r\no=- ... [SDP content]' } };
const candidate = {
  type: 'ice-candidate',
  candidate: { candidate: 'candidate:...', sdpMid: '0', sdpMLineIndex: 0 },
};

test('every message of the document is answered as the document shows it', async (t) => {
  const host = await startHost(t);
  const clients = { app: await connect(host), viewer: await viewer(host) };
  await play(clients, [
    ['app', join, { app: [joined], viewer: [{ type: 'peer_joined', peer_id: sim }] }],
    ['app', offer, { viewer: [{ type: 'offer', offer: offer.sdp, from_peer_id: sim }] }],
    ['viewer', { type: 'answer', answer: answer.sdp, target_peer_id: sim }, { app: [answer] }],
    [
      'app',
      { ...candidate, simNumber: sim },
      { viewer: [{ type: 'ice_candidate', candidate: candidate.candidate, from_peer_id: sim }] },
    ],
    [
      'viewer',
      { type: 'ice_candidate', candidate: candidate.candidate, target_peer_id: sim },
      { app: [candidate] },
    ],
    ['app', { type: 'leave' }, { viewer: [{ type: 'peer_left', peer_id: sim }] }],
    ['app', { type: 'leave' }, { app: [error('not-joined')] }],
    ['app', join, { app: [joined], viewer: [{ type: 'peer_joined', peer_id: sim }] }],
  ]);
});

test('an offer before a join joins', async (t) => {
  const host = await startHost(t);
  const clients = { app: await connect(host), viewer: await viewer(host) };
  await play(clients, [
    [
      'app',
      offer,
      {
        app: [joined],
        viewer: [
          { type: 'peer_joined', peer_id: sim },
          { type: 'offer', offer: offer.sdp, from_peer_id: sim },
        ],
      },
    ],
    ['app', join, { app: [error('already-joined')] }],
  ]);
});

test('who streams never hears of offers, nor of who comes and goes', async (t) => {
  const host = await startHost(t);
  const app = await publisher(host);
  const other = await viewer(host);
  await play({ app, other }, [
    ['other', { type: 'offer', offer: { type: 'offer', sdp: 'v=0' }, target_peer_id: sim }],
    ['other', { type: 'offer', offer: { type: 'offer', sdp: 'v=0' } }],
  ]);
  other.socket.close();
  await other.closed;
  assert.deepEqual(await app.heard(), []);
});

test('with nobody there, or several, an offer is answered by an error; who took it keeps it', async (t) => {
  const host = await startHost(t);
  const app = await publisher(host);
  await play({ app }, [['app', offer, { app: [error('nobody-to-stream-to')] }]]);
  const one = await viewer(host, 'one');
  await play({ app, one }, [
    ['app', offer, { one: [{ type: 'offer', offer: offer.sdp, from_peer_id: sim }] }],
  ]);
  const two = await viewer(host, 'two');
  await one.heard();
  const ice = { type: 'ice_candidate', candidate: candidate.candidate, from_peer_id: sim };
  await play({ app, one, two }, [['app', candidate, { one: [ice] }]]);
  one.socket.close();
  await two.next('peer_left');
  const three = await viewer(host, 'three');
  await two.heard();
  await play({ app, two, three }, [['app', offer, { app: [error('nobody-to-stream-to')] }]]);
});

test('a SIM that is streaming already is an error, and the newcomer is closed', async (t) => {
  const host = await startHost(t);
  const app = await publisher(host);
  for (const first of [join, offer]) {
    const newcomer = await connect(host);
    newcomer.send(first);
    assert.deepEqual(withoutSentence(await newcomer.any()), error('peer-taken'));
    assert.equal((await newcomer.closed).code, 1008);
  }
  assert.deepEqual(await app.heard(), []);
});

test('an address of 5 to 20 digits is a SIM, and no other', async (t) => {
  const host = await startHost(t);
  for (const number of ['12345', '1'.repeat(20)]) {
    const client = await connect(host, number);
    client.send({ type: 'join', simNumber: number });
    assert.deepEqual(await client.any(), { ...joined, simNumber: number });
  }
  for (const wrong of ['1234', '1'.repeat(21), '12345x', '123456/', '123456/1', '%31%32%33%34%35'])
    await assert.rejects(connect(host, wrong), /404/, wrong);
});

test('candidates may be texts, null or empty', async (t) => {
  const host = await startHost(t);
  const clients = { app: await publisher(host), viewer: await viewer(host) };
  const said = [
    ['candidate:1', { candidate: 'candidate:1' }],
    [null, { candidate: '' }],
    ['', { candidate: '' }],
    [
      { candidate: null, sdpMid: '0' },
      { candidate: '', sdpMid: '0' },
    ],
  ];
  const steps = said.flatMap(([sent, heard]) => [
    [
      'app',
      { type: 'ice-candidate', candidate: sent },
      { viewer: [{ type: 'ice_candidate', candidate: heard, from_peer_id: sim }] },
    ],
    [
      'viewer',
      { type: 'ice_candidate', candidate: sent },
      { app: [{ type: 'ice-candidate', candidate: heard }] },
    ],
  ]);
  await play(clients, steps);
});

testBadInput({
  dialect: 'sim',
  connect,
  // One of the two must be able to see the other: the room's other members come by other ways.
  join: (host, name) => (name === 'bob' ? publisher(host) : viewer(host, name)),
  before: [
    ['bad-field', { type: 'join', simNumber: '12345' }],
    ['bad-field', { type: 'join', simNumber: Number(sim) }],
    ['bad-field', { type: 'join', simNumber: '' }],
    ['not-joined', { type: 'leave' }],
    ['not-joined', candidate],
    ['bad-field', { type: 'offer' }],
    ['unknown-type', answer],
  ],
  after: [
    ['already-joined', join],
    ['bad-field', { type: 'offer' }],
    ['bad-field', { type: 'offer', sdp: 'v=0' }],
    ['bad-field', { type: 'offer', sdp: { type: 'offer' } }],
    ['bad-field', { type: 'offer', sdp: { type: 'answer', sdp: 'v=0' } }],
    ['bad-field', { ...offer, simNumber: '12345' }],
    ['bad-field', { ...candidate, simNumber: '12345' }],
    ['bad-field', { type: 'leave', simNumber: '12345' }],
    ['bad-field', { type: 'ice-candidate' }],
    ['bad-field', { type: 'ice-candidate', candidate: 5 }],
    ['bad-field', { type: 'ice-candidate', candidate: {} }],
    ['bad-field', { type: 'ice-candidate', candidate: { candidate: 'c', sdpMid: 0 } }],
  ],
  harmless: candidate,
  left: () => ({ type: 'peer_left', peer_id: sim }),
});
