// The socketio dialect, by the stock client: with default options, with polling only, with WebSocket only.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { io } from 'socket.io-client';
import { Client } from './client.mjs';
import { Polling } from './engine_io.mjs';
import { startHost } from './host.mjs';
import { SocketIoClient } from './socket_io_client.mjs';

const ways = {
  'default options': {},
  'polling only': { transports: ['polling'] },
  'WebSocket only': { transports: ['websocket'] },
};

/** A stock client whose events can be waited for, each once. */
async function connect(t, host, options = {}) {
  const client = await SocketIoClient.open(host, options);
  t.after(() => client.socket.disconnect());
  const next = async (name) => {
    const { type, ...data } = await client.next(name);
    return data;
  };
  return { socket: client.socket, next, emit: (...event) => client.socket.emit(...event) };
}

/** A client by hand that is in room r. */
async function joinByPolling(host, id) {
  const client = await Polling.open(`http://127.0.0.1:${host.port}/socket.io/`);
  await client.post('40');
  await client.poll();
  await client.post(`42["join_room",{"room":"r","user_id":"${id}"}]`);
  assert.match((await client.poll())[1], /room_joined/);
  return client;
}

const offer = { type: 'offer', sdp: 'v=0\r\n', extra: [1] };
const answer = { type: 'answer', sdp: 'v=0\r\n' };
const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };

for (const [way, options] of Object.entries(ways)) {
  test(`the document's whole flow works with ${way}`, async (t) => {
    const host = await startHost(t);
    const a = await connect(t, host, options);
    const b = await connect(t, host, options);

    a.emit('join_room', 'room1');
    assert.deepEqual(await a.next('room_joined'), { room: 'room1', users: 1 });
    b.emit('join_room', { room: 'room1', user_id: 'user_b' });
    assert.deepEqual(await b.next('room_joined'), { room: 'room1', users: 2 });
    assert.deepEqual(await a.next('user_joined'), { user_id: 'user_b', users: 2 });

    a.emit('offer', { room: 'room1', offer });
    assert.deepEqual(await b.next('offer'), { offer, from: a.socket.id });
    b.emit('answer', { room: 'room1', answer });
    assert.deepEqual(await a.next('answer'), { answer, from: 'user_b' });
    a.emit('ice_candidate', { room: 'room1', candidate });
    assert.deepEqual(await b.next('ice_candidate'), { candidate, from: a.socket.id });
    b.emit('ice_candidate', { room: 'room1', candidate: candidate.candidate, to: a.socket.id });
    assert.deepEqual(await a.next('ice_candidate'), {
      candidate: { candidate: candidate.candidate, sdpMLineIndex: 0 },
      from: 'user_b',
    });

    b.emit('leave_room', 'room1');
    assert.deepEqual(await a.next('user_left'), { user_id: 'user_b', users: 1 });
    b.emit('join_room', 'room1');
    await b.next('room_joined');
    assert.deepEqual(await a.next('user_joined'), { user_id: b.socket.id, users: 2 });
    const { id } = b.socket;
    b.socket.disconnect();
    assert.deepEqual(await a.next('user_left'), { user_id: id, users: 1 });
  });
}

test('who waits for an acknowledgement gets one', async (t) => {
  const a = await connect(t, await startHost(t));
  await new Promise((resolve) => a.emit('join_room', 'room1', resolve));
  await a.next('room_joined');
});

test('a client whose connection is cut has left within a second', async (t) => {
  const host = await startHost(t);
  const a = await connect(t, host);
  const b = await connect(t, host, { transports: ['websocket'] });
  a.emit('join_room', 'r');
  await a.next('room_joined');
  b.emit('join_room', { room: 'r', user_id: 'b' });
  await a.next('user_joined');
  const before = performance.now();
  b.socket.io.engine.transport.ws.terminate();
  assert.deepEqual(await a.next('user_left'), { user_id: 'b', users: 1 });
  assert.ok(performance.now() - before < 1_000);
});

test('a client that is gone when its poll is answered has left within a second', async (t) => {
  const host = await startHost(t);
  const a = await connect(t, host);
  a.emit('join_room', { room: 'r', user_id: 'a' });
  await a.next('room_joined');

  const b = await joinByPolling(host, 'b');
  await a.next('user_joined');
  const { pathname, search } = new URL(b.url);
  const socket = connectTcp(host.port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.end(`GET ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'finish'); // the request and the connection's end are with the host now

  const before = performance.now();
  a.emit('offer', { room: 'r', offer });
  assert.deepEqual(await a.next('user_left'), { user_id: 'b', users: 1 });
  assert.ok(performance.now() - before < 1_000);
});

test('a client misses nothing, and nothing out of order, while it upgrades', async (t) => {
  const host = await startHost(t, {
    args: ['--messages-per-second', '1000000', '--message-burst', '1000000'],
  });
  const a = await connect(t, host, { transports: ['websocket'] });
  a.emit('join_room', 'r');
  await a.next('room_joined');
  const b = await joinByPolling(host, 'b');

  let sent = 0;
  let talking = true;
  const talk = async () => {
    while (talking) {
      a.emit('ice_candidate', { room: 'r', candidate: { ...candidate, number: sent++ } });
      await new Promise(setImmediate);
    }
  };
  const spoken = talk();
  const heard = [];
  const hear = (packets) => {
    for (const packet of packets) {
      if (packet.startsWith('42')) heard.push(JSON.parse(packet.slice(2))[1].candidate.number);
    }
  };
  const poll = async () => hear((await b.poll())[1].split('\x1e'));
  for (let polls = 0; polls < 5; ++polls) await poll();
  const socket = await b.socket();
  socket.send('2probe');
  assert.equal(await socket.next(), '3probe');
  await poll();
  socket.send('5');
  while (heard.length < 500) hear([await socket.next()]);
  talking = false;
  await spoken;
  while (heard.length < sent) hear([await socket.next()]);
  assert.deepEqual(heard, Array.from(heard.keys()));
  socket.socket.terminate();
});

test('a client of the native protocol and one of this meet', async (t) => {
  const host = await startHost(t);
  const a = await connect(t, host);
  a.emit('join_room', { room: 'r', user_id: 'sio' });
  await a.next('room_joined');
  const ada = await Client.join(host, 'r', 'ada');
  const [peer] = ada.joined.peers;
  assert.equal(peer.dialect, 'socketio');
  assert.equal(peer.offers, true, 'the one who was there first offers');
  a.emit('offer', { room: 'r', offer });
  const heard = await ada.next('signal');
  assert.equal(heard.from, 'sio');
  assert.deepEqual(heard.description, offer);
  await a.next('user_joined');
  ada.send({ type: 'signal', to: 'sio', description: answer });
  assert.deepEqual(await a.next('answer'), { answer, from: 'ada' });
});

test('whatever is wrong is said in words, and the connection stays', async (t) => {
  const host = await startHost(t);
  const a = await connect(t, host);
  const wrong = [
    [['offer', { room: 'r', offer }], 'not-joined'],
    [['join_room', ''], 'bad-field'],
    [['join_room', 'x'.repeat(129)], 'bad-field'],
    [['join_room', { room: 5 }], 'bad-field'],
    [['join_room'], 'bad-field'],
    [['join_room', [1]], 'not-json'],
    [['shout', {}], 'unknown-type'],
  ];
  for (const [event, code] of wrong) {
    a.emit(...event);
    const error = await a.next('error');
    assert.equal(error.code, code, JSON.stringify(event));
    assert.ok(error.message.length > 10);
  }
  a.emit('join_room', { room: 'r', user_id: 'a' });
  await a.next('room_joined');
  for (const [event, code] of [
    [['join_room', 'r'], 'already-joined'],
    [['offer', { room: 'r', offer: { sdp: 5 } }], 'bad-field'],
    [['offer', { room: 'r' }], 'bad-field'],
    [['answer', { room: 'r', answer }], 'no-such-peer'],
    [['offer', { room: 'r', offer, to: 'ghost' }], 'no-such-peer'],
  ]) {
    a.emit(...event);
    assert.equal((await a.next('error')).code, code, JSON.stringify(event));
  }
  const other = await connect(t, host);
  const gone = new Promise((resolve) => other.socket.on('disconnect', resolve));
  other.emit('join_room', { room: 'r', user_id: 'a' });
  assert.equal((await other.next('error')).code, 'peer-taken');
  await gone;
  assert.ok(a.socket.connected);
});

test('who is in one room says nothing in another, and does not leave that', async (t) => {
  const host = await startHost(t);
  const [a, b, c] = [await connect(t, host), await connect(t, host), await connect(t, host)];
  for (const [client, room, id] of [
    [a, 'A', 'a'],
    [b, 'A', 'b'],
    [c, 'B', 'c'],
  ]) {
    client.emit('join_room', { room, user_id: id });
    await client.next('room_joined');
  }
  for (const event of [
    ['offer', { room: 'B', offer }],
    ['answer', { room: 'B', answer }],
    ['ice_candidate', { room: 'B', candidate }],
    ['offer', { room: 'B', offer, to: 'b' }],
    ['leave_room', 'B'],
    ['leave_room', { room: 'B' }],
  ]) {
    a.emit(...event);
    assert.equal((await a.next('error')).code, 'not-joined', JSON.stringify(event));
  }
  // What they hear next is what a says in its own room.
  a.emit('offer', { room: 'A', offer: { ...offer, sdp: 'v=1\r\n' } });
  assert.equal((await b.next('offer')).offer.sdp, 'v=1\r\n');
  a.emit('leave_room', 'A');
  assert.deepEqual(await b.next('user_left'), { user_id: 'a', users: 1 });
  a.emit('join_room', { room: 'B', user_id: 'a' });
  assert.deepEqual(await a.next('room_joined'), { room: 'B', users: 2 });
});

test('a page of another site polls with its credentials, and with headers of its own', async (t) => {
  const host = await startHost(t, { args: ['--allow-origin', 'https://a.example'] });
  const url = `http://127.0.0.1:${host.port}/socket.io/?EIO=4&transport=polling`;
  const ask = async (origin, method, more = {}) => {
    const response = await fetch(url, { method, headers: { Origin: origin, ...more } });
    const allowed = (name) => response.headers.get(`access-control-allow-${name}`);
    return [response.status, allowed('origin'), allowed('credentials'), allowed('headers')];
  };
  const preflight = {
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type,x-token',
  };
  const own = 'https://a.example';
  assert.deepEqual(await ask(own, 'GET'), [200, own, 'true', null]);
  assert.deepEqual(await ask(own, 'OPTIONS', preflight), [204, own, 'true', 'content-type,x-token']);
  assert.deepEqual(await ask(own, 'OPTIONS'), [204, own, 'true', 'Content-Type']);
  const strange = { ...preflight, 'Access-Control-Request-Headers': 'x-token; <b>' };
  assert.deepEqual(await ask(own, 'OPTIONS', strange), [204, own, 'true', 'Content-Type']);
  const [status, ...allowed] = await ask('https://b.example', 'GET');
  assert.deepEqual([status, ...allowed], [403, null, null, null]);
});

test('a page with a client of an older protocol reads why it is refused', async (t) => {
  const host = await startHost(t, { args: ['--allow-origin', 'https://a.example'] });
  const response = await fetch(`http://127.0.0.1:${host.port}/socket.io/?EIO=3&transport=polling`, {
    headers: { Origin: 'https://a.example' },
  });
  assert.equal(response.status, 400);
  assert.equal(response.headers.get('access-control-allow-origin'), 'https://a.example');
  assert.equal(response.headers.get('access-control-allow-credentials'), 'true');
  assert.match(await response.text(), /Unsupported protocol version/);
});

test('a POST may come in chunks', async (t) => {
  const host = await startHost(t);
  const client = await Polling.open(`http://127.0.0.1:${host.port}/socket.io/`);
  const post = (...chunks) =>
    fetch(client.url, { method: 'POST', duplex: 'half', body: ReadableStream.from(chunks.map(Buffer.from)) });
  assert.equal(await (await post('4', '0')).text(), 'ok');
  await client.poll();
  assert.equal(await (await post('42["join_', 'room","r', '"]')).text(), 'ok');
  assert.match((await client.poll())[1], /room_joined/);
  assert.equal((await post('4', 'x'.repeat(40_000), 'x'.repeat(40_000))).status, 413);
});

test('other namespaces are refused', async (t) => {
  const host = await startHost(t);
  const socket = io(`http://127.0.0.1:${host.port}/admin`, { forceNew: true, reconnection: false });
  t.after(() => socket.disconnect());
  const error = await new Promise((resolve) => socket.on('connect_error', resolve));
  assert.equal(error.message, 'Invalid namespace');
});
