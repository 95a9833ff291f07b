// Every example of host/dialects/parley-v1.md, spoken to the running host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, incarnationOf } from './client.mjs';
import { startHost } from './host.mjs';

const description = (sdp = 'v=0') => ({ type: 'offer', sdp });

test('a join is answered with who one is, who is there, ice servers and limits', async (t) => {
  const host = await startHost(t, { args: ['--ice-server', 'stun:stun.example.org'] });
  const bob = await Client.join(host, 'blue-otter', 'bob', { name: 'Bob' });
  const ada = await Client.join(host, 'blue-otter', 'ada', { name: 'Ada', meta: { role: 'host' } });
  const { session, ...joined } = ada.joined;
  assert.ok(session.length >= 22, 'a session secret has at least 128 bits');
  assert.deepEqual(joined, {
    type: 'joined',
    room: 'blue-otter',
    self: 'ada',
    incarnation: incarnationOf('ada-page'),
    resumed: false,
    ack: 0,
    peers: [
      {
        id: 'bob',
        name: 'Bob',
        meta: {},
        incarnation: incarnationOf('bob-page'),
        dialect: 'parley',
        away: false,
      },
    ],
    iceServers: [{ urls: ['stun:stun.example.org'] }],
    limits: { peers: 16, messageBytes: 65536, resumeSeconds: 30, heartbeatSeconds: 15 },
  });
  const seen = await bob.next('peer-joined');
  assert.equal(seen.seq, 1);
  assert.deepEqual(seen.peer, {
    id: 'ada',
    name: 'Ada',
    meta: { role: 'host' },
    incarnation: incarnationOf('ada-page'),
    dialect: 'parley',
    away: false,
  });
});

test('without a peer id the host assigns one', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  client.send({ type: 'join', room: 'r', secret: 'x' });
  assert.match((await client.next('joined')).self, /^.+$/);
});

test('type comes first in what the host sends', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  const text = new Promise((resolve) => client.socket.once('message', (data) => resolve(String(data))));
  client.send({ type: 'join', room: 'r', secret: 'x' });
  assert.match(await text, /^\{"type":"joined"/);
});

test('a description and a candidate reach the one they are for, from the one who sent them', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  const bob = await Client.join(host, 'r', 'bob');
  const eve = await Client.join(host, 'r', 'eve');
  const link = { connection: 7, negotiation: 1, slots: { 0: 'camera' } };
  ada.send({ type: 'signal', seq: 1, to: 'bob', from: 'eve', description: description(), link });
  const offer = await bob.next('signal');
  assert.equal(offer.from, 'ada', 'nobody can speak as another');
  assert.deepEqual(offer.description, description());
  assert.deepEqual(offer.link, link);

  const candidate = { candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };
  ada.send({ type: 'signal', seq: 2, to: 'bob', candidate });
  assert.deepEqual((await bob.next('signal')).candidate, candidate);

  await eve.ping();
  assert.ok(!eve.all.some((message) => message.type === 'signal'), 'a third member hears nothing of it');
});

test('an update is seen by the others', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada', { name: 'Ada' });
  const bob = await Client.join(host, 'r', 'bob');
  ada.send({ type: 'update', seq: 1, name: 'Ada L.', meta: { colour: 'red' } });
  const { peer } = await bob.next('peer-updated');
  assert.equal(peer.name, 'Ada L.');
  assert.deepEqual(peer.meta, { colour: 'red' });
  ada.send({ type: 'update', seq: 2, meta: {} });
  assert.deepEqual((await bob.next('peer-updated')).peer.name, 'Ada L.', 'either field alone, too');
});

test('who leaves is seen to leave, and may join another room with the same socket', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  const bob = await Client.join(host, 'r', 'bob');
  ada.send({ type: 'leave', seq: 1 });
  const left = await bob.next('peer-left');
  assert.equal(left.id, 'ada');
  assert.equal(left.reason, 'left');
  ada.send({ type: 'join', room: 'another', peer: 'ada', secret: 'x' });
  assert.equal((await ada.next('joined')).room, 'another');
});

test('a ping is answered, before joining and after', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  await client.ping();
  client.send({ type: 'join', room: 'r', secret: 'x' });
  await client.next('joined');
  await client.ping();
});

test('a WebSocket ping is answered, with its payload', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  const pong = new Promise((resolve) => client.socket.once('pong', (data) => resolve(String(data))));
  client.socket.ping('are you there');
  assert.equal(await pong, 'are you there');
});

test('a cut socket is seen as away within a second, and what it missed is replayed in order, once', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  const bob = await Client.join(host, 'r', 'bob');
  const joined = await ada.next('peer-joined');
  bob.send({ type: 'signal', seq: 1, to: 'ada', description: description('before') });
  const before = await ada.next('signal');
  assert.equal(before.seq, joined.seq + 1);

  const cut = Date.now();
  ada.cut();
  const away = await bob.next('peer-away');
  assert.equal(away.id, 'ada');
  assert.ok(Date.now() - cut < 1000, `noticed after ${Date.now() - cut} ms`);

  for (let i = 2; i <= 40; ++i)
    bob.send({ type: 'signal', seq: i, to: 'ada', description: description(`missed ${i}`) });
  await bob.ping();

  const again = await Client.open(host);
  again.send({
    type: 'join',
    room: 'r',
    secret: 'ada-page',
    resume: { session: ada.joined.session, ack: before.seq },
  });
  const resumed = await again.next('joined');
  assert.equal(resumed.resumed, true);
  assert.equal(resumed.self, 'ada');
  assert.equal(resumed.session, ada.joined.session);
  for (let i = 2; i <= 40; ++i) {
    const missed = await again.any();
    assert.equal(missed.type, 'signal');
    assert.equal(missed.seq, before.seq + i - 1);
    assert.equal(missed.description.sdp, `missed ${i}`);
  }
  await again.ping();
  assert.equal(again.all.filter(({ type }) => type === 'signal').length, 39, 'nothing came twice');
  assert.equal((await bob.next('peer-back')).id, 'ada');
});

test('a message that is sent again after a resume is delivered once', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  const bob = await Client.join(host, 'r', 'bob');
  ada.send({ type: 'signal', seq: 1, to: 'bob', description: description('one') });
  await bob.next('signal');
  ada.cut();
  await bob.next('peer-away');
  const again = await Client.open(host);
  again.send({
    type: 'join',
    room: 'r',
    secret: 'ada-page',
    resume: { session: ada.joined.session, ack: 0 },
  });
  assert.equal((await again.next('joined')).ack, 1);
  again.send({ type: 'signal', seq: 1, to: 'bob', description: description('one') });
  again.send({ type: 'signal', seq: 2, to: 'bob', description: description('two') });
  assert.equal((await bob.next('signal')).description.sdp, 'two');
});

test('a session that goes on elsewhere closes its old socket with 4001', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  const again = await Client.open(host);
  again.send({
    type: 'join',
    room: 'r',
    secret: 'ada-page',
    resume: { session: ada.joined.session, ack: 0 },
  });
  assert.equal((await again.next('joined')).resumed, true);
  assert.equal((await ada.closed).code, 4001);
});

test('a session that the host does not know is a fresh join', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  const resume = { session: 'from-another-life', ack: 12 };
  client.send({ type: 'join', room: 'r', peer: 'ada', secret: 'x', resume });
  const joined = await client.next('joined');
  assert.equal(joined.resumed, false);
  assert.equal(joined.ack, 0);
  assert.notEqual(joined.session, resume.session);
});

test('a member whose resume window closes has left', async (t) => {
  const host = await startHost(t, { args: ['--resume-seconds', '1'] });
  const ada = await Client.join(host, 'r', 'ada');
  const bob = await Client.join(host, 'r', 'bob');
  ada.cut();
  await bob.next('peer-away');
  const left = await bob.next('peer-left');
  assert.equal(left.id, 'ada');
  assert.equal(left.reason, 'timeout');
});

test('an acknowledgement comes by itself after 32 messages, and after a second', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  await Client.join(host, 'r', 'bob');
  await ada.next('peer-joined');
  for (let i = 1; i <= 32; ++i) ada.send({ type: 'signal', seq: i, to: 'bob', description: description() });
  assert.equal((await ada.next('ack')).ack, 32);
  ada.send({ type: 'signal', seq: 33, to: 'bob', description: description() });
  assert.equal((await ada.next('ack')).ack, 33);
});

test('unknown fields are ignored', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  client.send({ type: 'join', room: 'r', secret: 'x', shoeSize: { eu: 42 } });
  await client.next('joined');
});

const refusals = [
  ['not-json', 'not json at all', undefined],
  ['not-json', '[1,2]', undefined],
  ['no-type', '{"room":"r"}', undefined],
  ['unknown-type', '{"type":"teleport"}', 'teleport'],
  ['bad-field', '{"type":"join","secret":"x"}', 'join'],
  ['bad-field', '{"type":"join","room":5,"secret":"x"}', 'join'],
  ['bad-field', '{"type":"join","room":"","secret":"x"}', 'join'],
  ['bad-field', JSON.stringify({ type: 'join', room: 'x'.repeat(129), secret: 'x' }), 'join'],
  ['bad-field', JSON.stringify({ type: 'join', room: 'a\u0007b', secret: 'x' }), 'join'],
  ['not-joined', '{"type":"signal","to":"bob","description":{}}', 'signal'],
];
for (const [code, text, re] of refusals) {
  test(`${text.slice(0, 50)} is answered with ${code}, and the socket stays open`, async (t) => {
    const host = await startHost(t);
    const client = await Client.open(host);
    client.send(text);
    const error = await client.next('error');
    assert.equal(error.code, code);
    assert.equal(error.re, re);
    assert.match(error.message, /^[A-Z"].*\.$/, 'a sentence');
    await client.ping();
  });
}

test('joining twice, signalling to nobody and a taken id are errors with codes', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  ada.send({ type: 'join', room: 'r2', secret: 'x' });
  assert.equal((await ada.next('error')).code, 'already-joined');
  ada.send({ type: 'signal', seq: 1, to: 'nobody', description: description() });
  const error = await ada.next('error');
  assert.equal(error.code, 'no-such-peer');
  assert.equal(error.re, 'signal');
  const other = await Client.open(host);
  other.send({ type: 'join', room: 'r', peer: 'ada', secret: 'another' });
  assert.equal((await other.next('error')).code, 'peer-taken');
});

test('a full room and a full host are errors, and the socket may try another room', async (t) => {
  const host = await startHost(t, { args: ['--peers-per-room', '2', '--max-rooms', '2'] });
  await Client.join(host, 'r', 'ada');
  await Client.join(host, 'r', 'bob');
  const third = await Client.open(host);
  third.send({ type: 'join', room: 'r', secret: 'x' });
  const full = await third.next('error');
  assert.equal(full.code, 'room-full');
  assert.equal(full.re, 'join');
  third.send({ type: 'join', room: 'r2', secret: 'x' });
  await third.next('joined');
  const fourth = await Client.open(host);
  fourth.send({ type: 'join', room: 'r3', secret: 'x' });
  assert.equal((await fourth.next('error')).code, 'too-many-rooms');
});

test('who sends too fast is told so, and who goes on is closed with 1008', async (t) => {
  const host = await startHost(t, {
    args: ['--messages-per-second', '1', '--message-burst', '5', '--flood-messages', '20'],
  });
  const ada = await Client.join(host, 'r', 'ada');
  for (let i = 1; i <= 40; ++i) ada.send({ type: 'update', seq: i, name: `Ada ${i}` });
  assert.equal((await ada.next('error')).code, 'too-fast');
  assert.equal((await ada.closed).code, 1008);
});
