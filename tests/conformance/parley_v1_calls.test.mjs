// Calls by name as host/dialects/parley-v1.md has them, spoken to the running host: among Parley's own, and with
// users of the dialect `calls` at either end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { withoutSentence } from './dialect_tests.mjs';
import { startHost } from './host.mjs';

const isList = ({ type }) => ['users', 'users-changed', 'online_users'].includes(type);
const unnumbered = ({ seq, ack, callId, ...rest }) => rest;

/** All that came but lists, which come in their own time, and numbers, which the protocol's own tests look at. */
async function heard(client) {
  const messages = (await client.heard()).map(withoutSentence).map(unnumbered);
  return messages.filter((message) => !isList(message) && message.type !== 'ack');
}

/** One of Parley's own, online. */
async function register(host, name, { id = `${name}-id`, secret = `${name}-page` } = {}) {
  const client = await Client.open(host);
  client.send({ type: 'register', name, id, secret });
  client.registered = await client.next('registered');
  return client;
}

/** A user of the dialect `calls`, online. */
async function registerForeign(host, username, path = '/') {
  const client = await Client.at(host, path);
  client.send({ type: 'register', username, user_id: `${username}-id` });
  await client.next('registered');
  return client;
}

/** Reads the next news of the list of users, and applies it. */
async function readList(client) {
  const news = await client.next('users', 'users-changed');
  if (news.type === 'users') client.list = news.users;
  else {
    const gone = new Set([...news.left, ...news.joined.map(({ name }) => name)]);
    client.list = [...client.list.filter(({ name }) => !gone.has(name)), ...news.joined];
    for (const { name, inCall } of news.changed ?? []) {
      client.list = client.list.map((user) =>
        user.name === name ? { name, id: user.id, ...(inCall ? { inCall } : {}) } : user,
      );
    }
  }
  client.send({ type: 'users' });
  return client.list;
}

/** The next list that has so many users in it. */
async function listOf(client, length, type = 'users') {
  for (;;) {
    const users = type === 'users' ? await readList(client) : (await client.next(type)).users;
    if (users.length === length) return users;
  }
}

const error = (code, re) => ({ type: 'error', code, ...(re ? { re } : {}) });
const call = (name) => ({ type: 'call', name });
const accept = (name) => ({ type: 'accept', name });
const hangup = (name) => ({ type: 'hangup', name });
const ended = (name, reason) => ({ type: 'ended', name, reason });

const startWith = (t, ...names) => startWithArguments(t, [], ...names);
/** With a resume window that a test can wait for. */
const startShort = (t, ...names) => startWithArguments(t, ['--resume-seconds', '1'], ...names);

async function startWithArguments(t, args, ...names) {
  const host = await startHost(t, { args });
  const clients = [];
  for (const name of names) clients.push(await register(host, name));
  return [host, ...clients];
}

// Being online.

test('who registers is told who they are, that there is no call, and the limits; all are told who is online', async (t) => {
  const host = await startHost(t);
  const ada = await register(host, 'ada', { id: '7' });
  assert.deepEqual(ada.registered, {
    type: 'registered',
    ack: 0,
    name: 'ada',
    id: '7',
    call: null,
    limits: { peers: 16, messageBytes: 65536, resumeSeconds: 30, heartbeatSeconds: 15 },
  });
  const john = await registerForeign(host, 'john');
  const users = await listOf(ada, 2);
  assert.deepEqual(users, [
    { name: 'ada', id: '7' },
    { name: 'john', id: 'john-id' },
  ]);
  assert.deepEqual(await listOf(john, 2, 'online_users'), [
    { username: 'ada', user_id: '7' },
    { username: 'john', user_id: 'john-id' },
  ]);
  ada.send({ type: 'leave' });
  await listOf(john, 1, 'online_users');
  assert.deepEqual(await heard(ada), []);
});

test('after the list come changes, one at a time, and who is behind gets the newest', async (t) => {
  const [host, ada] = await startWith(t, 'ada');
  const { users } = await ada.next('users');
  assert.deepEqual(users, [{ name: 'ada', id: 'ada-id' }]);
  const others = [];
  for (const name of ['bob', 'eve', 'john']) others.push(await register(host, name));
  await listOf(others[2], 4);
  others[0].send({ type: 'leave' });
  await listOf(others[2], 3);
  assert.ok(!ada.all.some(({ type }) => type === 'users-changed'), 'it has not said that it read the first');
  ada.send({ type: 'users' });
  const { left, joined } = await ada.next('users-changed');
  assert.deepEqual(
    { left, joined },
    { left: [], joined: ['eve', 'john'].map((name) => ({ name, id: `${name}-id` })) },
  );
});

test('everybody is told who is in a call, among Parley’s own and in another dialect', async (t) => {
  const [host, ada, bob, eve] = await startWith(t, 'ada', 'bob', 'eve');
  const john = await registerForeign(host, 'john');
  await listOf(eve, 4);
  const inCall = async (client) =>
    (await readList(client)).filter((user) => user.inCall).map(({ name }) => name);
  await connect(ada, bob);
  assert.deepEqual(await inCall(eve), ['ada', 'bob']);
  const zoe = await register(host, 'zoe');
  assert.deepEqual(await inCall(zoe), ['ada', 'bob']);
  await listOf(eve, 5);
  ada.send(hangup('bob'));
  assert.deepEqual(await inCall(eve), []);
  assert.deepEqual(await inCall(zoe), []);

  john.send({ type: 'call_request', target_username: 'bob' });
  await bob.next('incoming');
  bob.send(accept('john'));
  assert.deepEqual((await inCall(eve)).toSorted(), ['bob', 'john']);
  const lists = (await john.heard()).filter(({ type }) => type === 'online_users');
  assert.ok(!JSON.stringify(lists).includes('inCall'));
});

test('a long list comes in parts', async (t) => {
  const host = await startHost(t, { args: ['--max-connections', '400'] });
  const long = 'n'.repeat(100);
  await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      register(host, `${i}${long}`, { id: 'i'.repeat(100), secret: `${i}` }),
    ),
  );
  const ada = await register(host, 'ada');
  await listOf(ada, 301);
  const sizes = ada.all.filter(isList).map((message) => JSON.stringify(message).length);
  assert.ok(Math.max(...sizes) < 40_000, `${sizes}`);
});

test('without an id the name is the id', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  client.send({ type: 'register', name: 'ada', secret: 's' });
  const { name, id } = await client.next('registered');
  assert.deepEqual({ name, id }, { name: 'ada', id: 'ada' });
});

test('what makes no sense is answered by its code, and the socket stays open', async (t) => {
  const host = await startHost(t);
  await register(host, 'bob');
  const client = await Client.open(host);
  const long = 'x'.repeat(129);
  const cases = [
    ['bad-field', { type: 'register' }],
    ['bad-field', { type: 'register', name: 'ada' }],
    ['bad-field', { type: 'register', name: 'ada', secret: '' }],
    ['bad-field', { type: 'register', name: 'ada', secret: 'ü' }],
    ['bad-field', { type: 'register', name: 'ada', secret: 'x'.repeat(65) }],
    ['bad-field', { type: 'register', name: '', secret: 's' }],
    ['bad-field', { type: 'register', name: long, secret: 's' }],
    ['bad-field', { type: 'register', name: 'ada', id: long, secret: 's' }],
    ['bad-field', { type: 'register', name: 'ada', id: '', secret: 's' }],
    ['bad-field', { type: 'register', name: 'a\u0007', secret: 's' }],
    ['name-taken', { type: 'register', name: 'bob', secret: 's' }],
    ...['call', 'accept', 'reject', 'cancel', 'hangup'].map((type) => [
      'not-registered',
      { type, name: 'bob' },
    ]),
    ['not-joined', { type: 'leave' }],
  ];
  const registered = [
    ['already-joined', { type: 'register', name: 'eve', secret: 's' }],
    ['already-joined', { type: 'join', room: 'r', secret: 'x' }],
    ['not-joined', { type: 'signal', to: 'bob', description: { type: 'offer' } }],
    ['own-name', call('ada')],
    ['user-offline', call('nobody')],
    ['no-call', accept('bob')],
    ['no-call', { type: 'reject', name: 'bob' }],
    ['no-call', { type: 'cancel', name: 'bob' }],
    ['no-call', hangup('bob')],
    ['bad-field', { type: 'call' }],
    ['bad-field', { type: 'reject', name: 'bob', reason: 'bored' }],
  ];
  const answers = async ([code, message]) => {
    client.send(message);
    assert.deepEqual(await heard(client), [error(code, message.type)], JSON.stringify(message).slice(0, 80));
  };
  for (const each of cases) await answers(each);
  client.send({ type: 'register', name: 'ada', secret: 's' });
  await client.next('registered');
  for (const each of registered) await answers(each);
  await client.ping();
});

test('a socket in a room does not register', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  ada.send({ type: 'register', name: 'ada', secret: 's' });
  assert.deepEqual(await heard(ada), [error('already-joined', 'register')]);
});

test('there are as many users as the host takes', async (t) => {
  const host = await startHost(t, { args: ['--max-users', '1'] });
  await register(host, 'ada');
  const bob = await Client.open(host);
  bob.send({ type: 'register', name: 'bob', secret: 's' });
  assert.deepEqual(await heard(bob), [error('too-many-users', 'register')]);
});

test('the secret takes a registration over, and nothing else does', async (t) => {
  const [host, ada] = await startWith(t, 'ada');
  const eve = await Client.open(host);
  eve.send({ type: 'register', name: 'ada', secret: 'guessed' });
  assert.deepEqual(await heard(eve), [error('name-taken', 'register')]);
  const john = await Client.at(host, '/');
  john.send({ type: 'register', username: 'ada', user_id: 'x' });
  assert.equal((await john.next('error')).code, 'name-taken');
  const again = await register(host, 'ada');
  assert.equal((await ada.closed).code, 4001);
  await listOf(again, 1);
});

test('a lost socket keeps its name for whoever has the secret, and is back within 2 s', async (t) => {
  const [host, ada, bob] = await startWith(t, 'ada', 'bob');
  await listOf(bob, 2);
  ada.cut();
  const eve = await Client.open(host);
  eve.send({ type: 'register', name: 'ada', secret: 'another' });
  const again = await register(host, 'ada');
  assert.deepEqual(await heard(eve), [error('name-taken', 'register')]);
  assert.deepEqual(await listOf(again, 2), [
    { name: 'ada', id: 'ada-id' },
    { name: 'bob', id: 'bob-id' },
  ]);
});

test('a name is free again when its resume window closes', async (t) => {
  const [host, ada, bob] = await startShort(t, 'ada', 'bob');
  await listOf(bob, 2);
  ada.cut();
  assert.deepEqual(await listOf(bob, 1), [{ name: 'bob', id: 'bob-id' }]);
  await register(host, 'ada', { secret: 'another' });
});

// Calls among Parley's own.

/** Ada calls, Bob accepts; both are told of the same room. */
async function connect(caller, callee) {
  caller.send(call(callee.registered.name));
  assert.deepEqual(unnumbered(await callee.next('incoming')), {
    type: 'incoming',
    name: caller.registered.name,
    id: caller.registered.id,
  });
  callee.send(accept(caller.registered.name));
  const [{ room }, told] = [await callee.next('accepted'), await caller.next('accepted')];
  const { name, id } = callee.registered;
  assert.deepEqual(unnumbered(told), { type: 'accepted', name, id, room });
  return room;
}

const offer = { type: 'offer', sdp: 'v=0\r\ns="ü"\r\n' };
const answer = { type: 'answer', sdp: 'v=0\r\n' };
const candidate = { candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };

test('a call among Parley’s own: both are told an unguessable room, and meet there', async (t) => {
  const [host, ada, bob] = await startWith(t, 'ada', 'bob');
  const room = await connect(ada, bob);
  assert.match(room, /^call-[\w-]{22,}$/);
  const adaThere = await Client.join(host, room, 'ada');
  const bobThere = await Client.join(host, room, 'bob');
  assert.deepEqual(
    bobThere.joined.peers.map(({ id }) => id),
    ['ada'],
  );
  adaThere.send({ type: 'signal', seq: 1, to: 'bob', description: offer });
  bobThere.send({ type: 'signal', seq: 1, to: 'ada', description: answer });
  bobThere.send({ type: 'signal', seq: 2, to: 'ada', candidate });
  assert.deepEqual((await bobThere.next('signal')).description, offer);
  assert.deepEqual((await adaThere.next('signal')).description, answer);
  assert.deepEqual((await adaThere.next('signal')).candidate, candidate);
  ada.send(hangup('bob'));
  assert.deepEqual(await heard(ada), []);
  assert.deepEqual(await heard(bob), [ended('ada', 'ended')]);
  assert.notEqual(await connect(bob, ada), room, 'each call has another room');
});

for (const reason of [undefined, 'rejected', 'busy', 'timed-out'])
  test(`a call is rejected, ${reason ?? 'without a reason'}`, async (t) => {
    const [, ada, bob] = await startWith(t, 'ada', 'bob');
    ada.send(call('bob'));
    await bob.next('incoming');
    bob.send({ type: 'reject', name: 'ada', reason });
    assert.deepEqual(await heard(bob), []);
    assert.deepEqual(await heard(ada), [{ type: 'rejected', name: 'bob', reason: reason ?? 'rejected' }]);
    await connect(bob, ada);
  });

test('a call is cancelled while it rings; a cancel that crosses the acceptance ends it', async (t) => {
  const [, ada, bob] = await startWith(t, 'ada', 'bob');
  ada.send(call('bob'));
  await bob.next('incoming');
  ada.send({ type: 'cancel', name: 'bob' });
  assert.deepEqual(await heard(ada), []);
  assert.deepEqual(await heard(bob), [ended('ada', 'cancelled')]);
  bob.send(accept('ada'));
  assert.deepEqual(await heard(bob), [error('no-call', 'accept')]);
  await connect(ada, bob);
  ada.send({ type: 'cancel', name: 'bob' });
  assert.deepEqual(await heard(ada), []);
  assert.deepEqual(await heard(bob), [ended('ada', 'ended')]);
});

test('each side knows a call by its own number, and an answer to the ring before is none to the next', async (t) => {
  const [host, ada, bob] = await startWith(t, 'ada', 'bob');
  ada.send({ ...call('bob'), callId: 1 });
  const first = (await bob.next('incoming')).callId;
  ada.send({ type: 'cancel', name: 'bob', callId: 1 });
  assert.equal((await bob.next('ended')).callId, first);
  ada.send({ ...call('bob'), callId: 2 });
  const { callId } = await bob.next('incoming');
  assert.notEqual(callId, first);
  for (const late of [accept('ada'), { type: 'reject', name: 'ada' }, hangup('ada')]) {
    bob.send({ ...late, callId: first });
    const { code, re, callId: about } = await bob.next('error');
    assert.deepEqual({ code, re, about }, { code: 'no-call', re: late.type, about: first });
  }
  ada.send({ type: 'cancel', name: 'bob', callId: 1 });
  assert.equal((await ada.next('error')).callId, 1);

  const [again, there] = [await register(host, 'ada'), await register(host, 'bob')];
  assert.equal(again.registered.call.callId, 2);
  assert.equal(there.registered.call.callId, callId);
  there.send({ ...accept('ada'), callId });
  assert.equal((await there.next('accepted')).callId, callId);
  assert.equal((await again.next('accepted')).callId, 2);
  again.send({ ...hangup('bob'), callId: 2 });
  assert.equal((await there.next('ended')).callId, callId);
});

test('who rings or talks is busy, and two who call each other have one call', async (t) => {
  const [, ada, bob, eve] = await startWith(t, 'ada', 'bob', 'eve');
  const busy = error('user-busy', 'call');
  ada.send(call('bob'));
  assert.deepEqual(await heard(ada), []);
  bob.send(call('ada'));
  assert.deepEqual(await heard(bob), [{ type: 'incoming', name: 'ada', id: 'ada-id' }, busy]);
  eve.send(call('ada'));
  eve.send(call('bob'));
  assert.deepEqual(await heard(eve), [busy, busy]);
  bob.send(accept('ada'));
  await bob.next('accepted');
  eve.send(call('bob'));
  assert.deepEqual(await heard(eve), [busy]);
});

test('who is refused again and again is told how long to wait, and a friend gets through', async (t) => {
  const [, ada, bob, eve] = await startWith(t, 'ada', 'bob', 'eve');
  for (let i = 0; i < 2; ++i) {
    eve.send(call('bob'));
    await bob.next('incoming');
    if (i === 0) bob.send({ type: 'reject', name: 'eve' });
    if (i === 0) await eve.next('rejected');
  }
  ada.send(call('bob'));
  assert.equal((await bob.next('ended')).name, 'eve');
  assert.equal((await bob.next('incoming')).name, 'ada');
  assert.equal((await eve.next('rejected')).reason, 'busy');
  eve.send(call('bob'));
  const { code, message } = await eve.next('error');
  assert.equal(code, 'too-many-rings');
  assert.match(message, /Try again in \d+ s\.$/);
});

test('who leaves the directory ends its call', async (t) => {
  const [, ada, bob] = await startWith(t, 'ada', 'bob');
  await connect(ada, bob);
  ada.send({ type: 'leave' });
  assert.deepEqual(await heard(ada), []);
  assert.deepEqual(await heard(bob), [ended('ada', 'ended')]);
});

test('a call waits for who is away, and stands when they come back', async (t) => {
  const [host, ada, bob] = await startWith(t, 'ada', 'bob');
  bob.cut();
  await bob.closed;
  ada.send(call('bob'));
  assert.deepEqual(await heard(ada), []);
  const back = await register(host, 'bob');
  assert.deepEqual(unnumbered(back.registered.call), { name: 'ada', id: 'ada-id', state: 'incoming' });
  back.send(accept('ada'));
  const { room } = await back.next('accepted');
  ada.cut();
  const again = await register(host, 'ada');
  assert.deepEqual(unnumbered(again.registered.call), { name: 'bob', id: 'bob-id', state: 'accepted', room });
});

test('who does not come back is gone, and so is the call', async (t) => {
  const [, ada, bob] = await startShort(t, 'ada', 'bob');
  await connect(ada, bob);
  ada.cut();
  assert.deepEqual(unnumbered(await bob.next('ended')), ended('ada', 'gone'));
  bob.send(call('ada'));
  assert.deepEqual(await heard(bob), [error('user-offline', 'call')]);
});

test('who leaves the room of the call ends it, for both', async (t) => {
  const [host, ada, bob] = await startWith(t, 'ada', 'bob');
  const room = await connect(ada, bob);
  const there = await Client.join(host, room, 'ada');
  await Client.join(host, room, 'bob');
  there.send({ type: 'leave', seq: 1 });
  await there.ping();
  assert.deepEqual(await heard(bob), [ended('ada', 'ended')]);
  assert.deepEqual(await heard(ada), [ended('bob', 'ended')]);
});

// Calls with a user of the dialect `calls`.

const rings = { type: 'incoming_call', caller_username: 'ada', caller_id: 'ada-id' };

/** John calls, Ada accepts and joins; only then does John hear of it. */
async function johnCallsAda(host, ada, john) {
  john.send({ type: 'call_request', target_username: 'ada' });
  assert.deepEqual(unnumbered(await ada.next('incoming')), { type: 'incoming', name: 'john', id: 'john-id' });
  ada.send(accept('john'));
  const { room, ...accepted } = unnumbered(await ada.next('accepted'));
  assert.deepEqual(accepted, { type: 'accepted', name: 'john', id: 'john-id' });
  assert.deepEqual(await heard(john), [], 'an offer would find nobody yet');
  const there = await Client.join(host, room, 'ada');
  assert.deepEqual(await heard(john), [{ type: 'call_accepted', accepter_username: 'ada' }]);
  return { there, room };
}

async function adaCallsJohn(host, ada, john) {
  ada.send(call('john'));
  assert.deepEqual(await john.next('incoming_call'), rings);
  john.send({ type: 'call_accepted', caller_username: 'ada' });
  const { room, ...accepted } = unnumbered(await ada.next('accepted'));
  assert.deepEqual(accepted, { type: 'accepted', name: 'john', id: 'john-id' });
  const there = await Client.join(host, room, 'ada');
  assert.deepEqual(await heard(john), [], 'who accepts needs no telling');
  return { there, room };
}

/** The room’s new member is John, who offers or answers; what either says then, the other one hears. */
async function converse(there, john, offers) {
  const { peer } = await there.next('peer-joined');
  assert.deepEqual(
    { id: peer.id, name: peer.name, dialect: peer.dialect, offers: peer.offers },
    { id: 'john', name: 'john', dialect: 'calls', offers },
  );
  const says = (type, data) => john.send({ type, target_username: 'ada', data });
  const tells = (what) => there.send({ type: 'signal', to: 'john', ...what });
  const [first, second] = [offers ? offer : answer, offers ? answer : offer];
  const fromJohn = async () => {
    says(first.type, first);
    says('ice_candidate', candidate);
    assert.deepEqual(await heard(john), []);
    assert.deepEqual(await heard(there), [
      { type: 'signal', from: 'john', description: first },
      { type: 'signal', from: 'john', candidate },
    ]);
  };
  const fromAda = async () => {
    tells({ description: second, link: { connection: 1 } });
    tells({ candidate });
    assert.deepEqual(await heard(there), []);
    assert.deepEqual(await heard(john), [
      { type: second.type, from_username: 'ada', data: second },
      { type: 'ice_candidate', from_username: 'ada', data: candidate },
    ]);
  };
  for (const step of offers ? [fromJohn, fromAda] : [fromAda, fromJohn]) await step();
}

const directions = [
  { title: 'john calls ada', start: johnCallsAda, offers: true },
  { title: 'ada calls john', start: adaCallsJohn, offers: false },
];
const callEnded = { type: 'call_ended', from_username: 'ada' };
const farewells = (john) => john.all.filter(({ type }) => type === 'call_ended');

for (const { title, start, offers } of directions) {
  const begin = async (t, { path, begun = startWith } = {}) => {
    const [host, ada] = await begun(t, 'ada');
    const john = await registerForeign(host, 'john', path);
    return { host, ada, john, ...(await start(host, ada, john)) };
  };

  test(`${title}: descriptions and candidates cross both ways in the private room`, async (t) => {
    const { ada, john, there } = await begin(t);
    await converse(there, john, offers);
    assert.deepEqual(await heard(ada), [], 'the directory carries none of it');
  });

  test(`${title} and ada hangs up: john is told once, and is in the room no more`, async (t) => {
    const { ada, john, there } = await begin(t);
    ada.send(hangup('john'));
    assert.deepEqual(await heard(ada), []);
    assert.deepEqual(await heard(john), [callEnded]);
    const left = await there.next('peer-left');
    assert.equal(left.id, 'john');
    there.send({ type: 'leave' });
    await there.ping();
    john.send({ type: 'offer', target_username: 'ada', data: offer });
    assert.deepEqual(await heard(john), [error('no-call')], 'nor does it hear of that room again');
  });

  test(`${title} and john hangs up`, async (t) => {
    const { ada, john, there } = await begin(t);
    john.send({ type: 'call_ended', target_username: 'ada' });
    assert.deepEqual(await heard(john), []);
    assert.deepEqual(await heard(ada), [ended('john', 'ended')]);
    assert.equal((await there.next('peer-left')).id, 'john');
    there.send({ type: 'leave' });
    ada.send(hangup('john'));
    assert.deepEqual(await heard(ada), [error('no-call', 'hangup')]);
    assert.deepEqual(await heard(john), []);
  });

  test(`${title} and ada leaves the room: john is told once`, async (t) => {
    const { ada, john, there } = await begin(t);
    there.send({ type: 'leave' });
    await there.ping();
    assert.deepEqual(await heard(ada), [ended('john', 'ended')]);
    ada.send(hangup('john'));
    assert.deepEqual(await heard(ada), [error('no-call', 'hangup')]);
    assert.deepEqual(await heard(john), [callEnded]);
  });

  test(`${title} and ada’s tab is gone: john is told once, when the window closes`, async (t) => {
    const { ada, john, there } = await begin(t, { begun: startShort });
    ada.cut();
    there.cut();
    await listOf(john, 1, 'online_users');
    await heard(john);
    assert.deepEqual(farewells(john), [callEnded]);
  });

  test(`${title} and john’s socket is gone: ada is told at once`, async (t) => {
    const { ada, john, there } = await begin(t);
    john.cut();
    assert.deepEqual(unnumbered(await ada.next('ended')), ended('john', 'gone'));
    assert.equal((await there.next('peer-left')).id, 'john');
  });

  test(`${title} and ada loses her room’s socket for a moment: nothing ends`, async (t) => {
    const { host, ada, john, there, room } = await begin(t);
    there.cut();
    await there.closed;
    const back = await Client.open(host);
    const resume = { session: there.joined.session, ack: 0 };
    back.send({ type: 'join', room, secret: 'ada-page', resume });
    assert.equal((await back.next('joined')).resumed, true);
    assert.deepEqual(await heard(john), []);
    assert.deepEqual(await heard(ada), []);
    await converse(back, john, offers);
  });

  test(`${title} in the room that john is in: he offers only as the caller, and is told once`, async (t) => {
    const { ada, john, there, room } = await begin(t, { path: '/?room=r' });
    assert.equal(room, 'r');
    const [peer] = there.joined.peers;
    assert.deepEqual({ id: peer.id, offers: peer.offers }, { id: 'john', offers });
    ada.send(hangup('john'));
    await ada.ping();
    there.send({ type: 'leave' });
    await there.ping();
    assert.deepEqual(await heard(john), [callEnded]);
  });
}

test('a room’s other members are seen to leave in the only word that `calls` has', async (t) => {
  const host = await startHost(t);
  const john = await registerForeign(host, 'john', '/?room=r');
  const ada = await Client.join(host, 'r', 'ada');
  ada.send({ type: 'leave' });
  await ada.ping();
  assert.deepEqual(await heard(john), [callEnded]);
});

test('reasons are dropped where `calls` has no place for them', async (t) => {
  const [host, ada] = await startWith(t, 'ada');
  const john = await registerForeign(host, 'john');
  john.send({ type: 'call_request', target_username: 'ada' });
  await ada.next('incoming');
  ada.send({ type: 'reject', name: 'john', reason: 'busy' });
  await ada.ping();
  assert.deepEqual(await heard(john), [{ type: 'call_rejected', rejecter_username: 'ada' }]);
  ada.send(call('john'));
  assert.deepEqual(await john.next('incoming_call'), rings);
  ada.send({ type: 'cancel', name: 'john' });
  await ada.ping();
  assert.deepEqual(await heard(john), [callEnded]);
});

test('what a user of `calls` says of a ringing call is told in Parley’s words', async (t) => {
  const [host, ada] = await startWith(t, 'ada');
  const john = await registerForeign(host, 'john');
  ada.send(call('john'));
  await john.next('incoming_call');
  john.send({ type: 'call_rejected', caller_username: 'ada' });
  assert.deepEqual(await heard(john), []);
  assert.deepEqual(await heard(ada), [{ type: 'rejected', name: 'john', reason: 'rejected' }]);
  john.send({ type: 'call_request', target_username: 'ada' });
  await ada.next('incoming');
  john.send({ type: 'call_ended', target_username: 'ada' });
  assert.deepEqual(await heard(john), []);
  assert.deepEqual(await heard(ada), [ended('john', 'cancelled')]);
});
