// Rooms with rules: who comes in, who waits, who stays out; the same for clients of every dialect, and by REST.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { refusesToStart, startHost, temporaryFolder } from './host.mjs';
import { SocketIoClient } from './socket_io_client.mjs';
import { keyFile, makeKey, makeToken } from './tokens.mjs';

const key = makeKey('EdDSA');
const room = 'planted-room';
const moderator = (claims = {}) =>
  makeToken(key, { name: 'Ada', may: ['join', 'moderate', 'call'], ...claims });
const start = (t, ...args) =>
  startHost(t, { args: ['--auth', 'rooms', '--auth-key', keyFile(t, key), ...args] });

let seq = 0;
const moderate = (client, action, more = {}) =>
  client.send({ type: 'moderate', seq: ++seq, action, ...more });
const numbered = () => (seq = 0);

async function chair(host, rules) {
  numbered();
  const ada = await Client.join(host, room, 'ada', { token: moderator() });
  assert.equal(ada.joined.moderator, true);
  if (rules) {
    moderate(ada, 'rules', { rules });
    ada.rules = (await ada.next('rules')).rules;
  }
  return ada;
}

async function come(host, peer, more = {}) {
  const client = await Client.open(host);
  client.send({ type: 'join', room, peer, name: peer, secret: `${peer}-page`, ...more });
  return client;
}

const at = async (host, path, ...hello) => {
  const client = await Client.at(host, path);
  hello.forEach((message) => client.send(message));
  return client;
};

/** How a client of another protocol comes into the room, and what it hears when it is in. */
const foreign = {
  fastapi: { enter: (host) => at(host, `/webrtc/signaling/${room}/eve`), welcome: 'existing_peers' },
  serverpod: {
    enter: (host) => at(host, '/webrtc', { action: 'join', roomId: room, sessionId: 'eve' }),
    welcome: 'peers_list',
  },
  calls: {
    enter: (host) => at(host, `/?room=${room}`, { type: 'register', username: 'eve', user_id: 'eve' }),
    welcome: 'registered',
  },
  socketio: {
    async enter(host) {
      const client = await SocketIoClient.open(host);
      client.send({ type: 'join_room', room, user_id: 'eve' });
      return client;
    },
    welcome: 'room_joined',
  },
};

for (const [name, way] of Object.entries(foreign))
  test(`${name}: a client waits, is let in or refused, and is kept out, in its document's words`, async (t) => {
    const host = await start(t);
    const ada = await chair(host, { waitingRoom: true });
    const refused = await way.enter(host);
    const [guest] = (await ada.next('lobby')).waiting;
    assert.equal(guest.dialect, name);
    moderate(ada, 'refuse', { id: guest.id });
    const error = await refused.next('error', way.welcome);
    assert.equal(error.code, 'not-admitted');
    await refused.closed;
    assert.doesNotMatch(JSON.stringify(refused.all), /ada|Ada/, 'it has heard of nobody');

    await ada.next('lobby');
    const admitted = await way.enter(host);
    const [second] = (await ada.next('lobby')).waiting;
    moderate(ada, 'admit', { id: second.id });
    assert.equal((await admitted.next('error', way.welcome)).type, way.welcome);
    assert.equal((await ada.next('peer-joined')).peer.id, 'eve');
    moderate(ada, 'remove', { id: 'eve' });
    assert.equal((await admitted.next('error')).code, 'removed');
    await admitted.closed;
    assert.equal((await ada.next('peer-left')).reason, 'removed');
    moderate(ada, 'rules', { rules: { waitingRoom: false, locked: true } });
    await ada.next('rules');
    const late = await way.enter(host);
    assert.equal((await late.next('error', way.welcome)).code, 'room-locked');
    late.cut();
  });

test('a room has its rules, and everybody in it is told of them', async (t) => {
  const host = await start(t);
  const ada = await chair(host);
  assert.equal(ada.joined.rules, undefined, 'the usual ones are not told');
  const bob = await Client.join(host, room, 'bob');
  assert.equal(bob.joined.moderator, undefined);
  assert.equal(bob.joined.peers[0].moderator, true);
  const rules = { locked: true, share: 'moderators', chat: 'moderators', members: 4, endsIn: 3600 };
  moderate(ada, 'rules', { rules });
  assert.deepEqual((await bob.next('rules')).rules, { private: false, waitingRoom: false, ...rules });
  moderate(ada, 'appoint', { id: 'bob' });
  assert.equal((await bob.next('role')).moderator, true);
  moderate(ada, 'ask', { id: 'bob', what: 'microphone' });
  const { what, by } = await bob.next('asked');
  assert.deepEqual([what, by], ['microphone', 'ada']);
  moderate(ada, 'end');
  for (const client of [ada, bob]) {
    assert.equal((await client.next('error')).code, 'room-ended');
    assert.equal((await client.closed).code, 1008);
  }
});

test('what makes no sense, or is not theirs, is answered and changes nothing', async (t) => {
  const host = await start(t);
  const ada = await chair(host);
  const wrong = [
    { action: 'explode' },
    { action: 'remove' },
    { action: 'ask', id: 'bob', what: 'everything' },
    { action: 'rules', rules: { locked: 'yes' } },
    { action: 'rules', rules: { waitingroom: true } },
    { action: 'rules', rules: { rules: { locked: true } } },
    { action: 'rules', rules: { members: 1001 } },
    { action: 'rules', rules: { share: 'nobody' } },
    { action: 'rules', rules: { endsIn: -1 } },
    { action: 'rules', rules: [] },
    {},
  ];
  for (const each of wrong) {
    moderate(ada, each.action, each);
    assert.equal((await ada.next('error')).code, 'bad-field', JSON.stringify(each));
  }
  for (const action of ['remove', 'allow', 'appoint', 'admit', 'refuse']) {
    moderate(ada, action, { id: 'nobody' });
    assert.equal((await ada.next('error')).code, 'no-such-peer', action);
  }
  numbered();
  const bob = await Client.join(host, room, 'bob');
  moderate(bob, 'end');
  const error = await bob.next('error');
  assert.deepEqual([error.code, error.re], ['not-moderator', 'moderate']);
  await ada.ping();
  assert.ok(!ada.all.some(({ type }) => type === 'rules'));
});

test('a room that is made through the API is there, with its rules, until it is ended', async (t) => {
  const host = await start(t, '--rooms', 'invited', '--manager', '127.0.0.1:0');
  const url = `${host.managerUrl}/rooms/${room}`;
  const ask = async (method, path = '', body) => {
    const response = await fetch(url + path, { method, body: body && JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, ...(text ? JSON.parse(text) : {}) };
  };
  const lost = await come(host, 'bob');
  assert.equal((await lost.next('joined', 'error')).code, 'no-such-room');
  assert.deepEqual((await ask('PUT', '', { waitingRoom: true, members: 3 })).rules, {
    private: false,
    locked: false,
    waitingRoom: true,
    share: 'everybody',
    chat: 'everybody',
    members: 3,
  });
  assert.equal((await ask('GET')).exists, true);
  const all = await (await fetch(`${host.managerUrl}/rooms`)).json();
  assert.deepEqual(all.rooms, [{ roomId: room, size: 0 }]);
  const bob = await come(host, 'bob');
  assert.equal((await bob.next('waiting')).room, room);
  const { waiting } = await ask('GET', '/lobby');
  assert.deepEqual([waiting.length, waiting[0].name], [1, 'bob']);
  assert.equal((await ask('POST', '/moderate', { action: 'admit', id: waiting[0].id })).status, 204);
  await bob.next('joined');
  assert.equal((await ask('POST', '/moderate', { action: 'ask', id: 'bob', what: 'camera' })).status, 204);
  assert.equal((await bob.next('asked')).by, undefined);
  assert.equal((await ask('POST', '/moderate', { action: 'remove', id: 'bob' })).status, 204);
  assert.equal((await bob.next('error')).code, 'removed');
  assert.equal((await ask('GET', '/lobby')).removed[0].name, 'bob');
  assert.equal((await ask('POST', '/moderate', { action: 'explode' })).status, 422);
  assert.equal((await ask('PUT', '', { locked: 1 })).status, 422);
  assert.equal((await ask('PUT', '', { waiting_room: true })).status, 422);
  assert.equal((await ask('GET')).rules.members, 3, 'it is kept while nobody is there');
  assert.equal((await ask('DELETE')).status, 200);
  assert.equal((await ask('POST', '/moderate', { action: 'end' })).status, 204, 'bob is remembered');
  assert.equal((await ask('PUT', '', { locked: true })).status, 200);
  assert.equal((await ask('DELETE')).status, 200);
  const late = await come(host, 'carl');
  assert.equal((await late.next('joined', 'error')).code, 'no-such-room');
});

test('whoever may administer does the same with a token, on any listener', async (t) => {
  const host = await start(t);
  const headers = { Authorization: `Bearer ${makeToken(key, { may: ['admin'] })}` };
  const made = await fetch(`${host.url}/api/v1/rooms/${room}`, {
    method: 'PUT',
    headers,
    body: '{"locked":true}',
  });
  assert.equal(made.status, 200);
  const bob = await come(host, 'bob');
  assert.equal((await bob.next('joined', 'error')).code, 'room-locked');
  const mere = { Authorization: `Bearer ${moderator()}` };
  const refused = await fetch(`${host.url}/api/v1/rooms/${room}`, { method: 'PUT', headers: mere });
  assert.equal(refused.status, 403);
});

test('so many wait for a room, and no more', async (t) => {
  const host = await start(t, '--waiting-per-room', '1', '--bans-per-room', '1');
  const ada = await chair(host, { waitingRoom: true });
  const bob = await come(host, 'bob');
  await bob.next('waiting');
  const carl = await come(host, 'carl');
  assert.equal((await carl.next('waiting', 'error')).code, 'room-full');
  bob.cut();
  await ada.next('lobby');
  assert.deepEqual((await ada.next('lobby')).waiting, []);
  carl.send({ type: 'join', room, name: 'carl', secret: 'carl-page' });
  await carl.next('waiting');
});

test('wrong settings are told in a sentence', async (t) => {
  await refusesToStart(['--rooms', 'invited', '--web', temporaryFolder(t)], /nobody could make a room/);
  await refusesToStart(['--rooms', 'some', '--web', temporaryFolder(t)], /--rooms/);
});
