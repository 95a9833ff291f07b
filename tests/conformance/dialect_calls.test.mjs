// Every message of "WebRTC Video Call Signaling Server", spoken to the running host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { error, play, testBadInput, withoutSentence } from './dialect_tests.mjs';
import { startHost } from './host.mjs';

const connect = (host) => Client.at(host, '/');

/** Registered; the list of who is online comes in its own time. */
async function register(host, username, user_id, path = '/') {
  const client = await Client.at(host, path);
  client.send({ type: 'register', username, user_id });
  await client.next('registered');
  return client;
}

async function johnAndJane(host) {
  return {
    john_doe: await register(host, 'john_doe', 'uuid1'),
    jane_doe: await register(host, 'jane_doe', 'uuid2'),
  };
}

const isList = ({ type }) => type === 'online_users';
const converse = (clients, steps) => play(clients, steps, isList);

/** The next list that has so many users in it. */
async function listOf(client, users) {
  for (;;) {
    const list = await client.next('online_users');
    if (list.users.length === users) return list;
  }
}

test('a user registers, and all are told who is online, in the order in which they came', async (t) => {
  const host = await startHost(t);
  const john = await connect(host);
  john.send({ type: 'register', username: 'john_doe', user_id: 'unique-uuid' });
  assert.deepEqual(await john.any(), { type: 'registered', username: 'john_doe', user_id: 'unique-uuid' });
  const jane = await register(host, 'jane_doe', 'uuid2');
  const users = [
    { username: 'john_doe', user_id: 'unique-uuid' },
    { username: 'jane_doe', user_id: 'uuid2' },
  ];
  for (const client of [john, jane]) {
    const { timestamp, ...list } = await listOf(client, 2);
    assert.deepEqual(list, { type: 'online_users', users });
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    assert.ok(Math.abs(Date.parse(`${timestamp}Z`) - Date.now()) < 10_000, `now, in UTC: ${timestamp}`);
  }
  jane.socket.close();
  assert.deepEqual((await listOf(john, 1)).users, users.slice(0, 1));
});

test('every message of a call is answered as the document shows it', async (t) => {
  const host = await startHost(t);
  const clients = await johnAndJane(host);
  const offer = { sdp: '...', type: 'offer' };
  const answer = { sdp: '...', type: 'answer' };
  const candidate = { candidate: '...', sdpMLineIndex: 0 };
  const from_username = 'john_doe';
  await converse(clients, [
    [
      'john_doe',
      { type: 'call_request', target_username: 'jane_doe' },
      { jane_doe: [{ type: 'incoming_call', caller_username: 'john_doe', caller_id: 'uuid1' }] },
    ],
    [
      'jane_doe',
      { type: 'call_accepted', caller_username: 'john_doe' },
      { john_doe: [{ type: 'call_accepted', accepter_username: 'jane_doe' }] },
    ],
    [
      'john_doe',
      { type: 'offer', target_username: 'jane_doe', data: offer },
      { jane_doe: [{ type: 'offer', from_username, data: offer }] },
    ],
    [
      'jane_doe',
      { type: 'answer', target_username: 'john_doe', data: answer },
      { john_doe: [{ type: 'answer', from_username: 'jane_doe', data: answer }] },
    ],
    [
      'john_doe',
      { type: 'ice_candidate', target_username: 'jane_doe', data: candidate },
      { jane_doe: [{ type: 'ice_candidate', from_username, data: candidate }] },
    ],
    [
      'john_doe',
      { type: 'call_ended', target_username: 'jane_doe' },
      { jane_doe: [{ type: 'call_ended', from_username }] },
    ],
  ]);
});

const call = ['john_doe', { type: 'call_request', target_username: 'jane_doe' }];
const ringing = { jane_doe: [{ type: 'incoming_call', caller_username: 'john_doe', caller_id: 'uuid1' }] };
const accept = ['jane_doe', { type: 'call_accepted', caller_username: 'john_doe' }];
const accepted = { john_doe: [{ type: 'call_accepted', accepter_username: 'jane_doe' }] };

test('a call may be rejected, and made again', async (t) => {
  const host = await startHost(t);
  const reject = { type: 'call_rejected', caller_username: 'john_doe' };
  const rejected = { john_doe: [{ type: 'call_rejected', rejecter_username: 'jane_doe' }] };
  await converse(await johnAndJane(host), [
    [...call, ringing],
    ['jane_doe', reject, rejected],
    ['jane_doe', reject, { jane_doe: [error('no-call')] }],
    [...accept, { jane_doe: [error('no-call')] }],
    [...call, ringing],
    [...accept, accepted],
  ]);
});

test('a caller may give up before anybody answers', async (t) => {
  const host = await startHost(t);
  await converse(await johnAndJane(host), [
    [...call, ringing],
    [
      'john_doe',
      { type: 'call_ended', target_username: 'jane_doe' },
      { jane_doe: [{ type: 'call_ended', from_username: 'john_doe' }] },
    ],
    [...accept, { jane_doe: [error('no-call')] }],
  ]);
});

test('who is ringing or talking is busy, for everybody else', async (t) => {
  const host = await startHost(t);
  const clients = { ...(await johnAndJane(host)), eve: await register(host, 'eve', 'uuid3') };
  const busy = (who, target_username) => [
    who,
    { type: 'call_request', target_username },
    { [who]: [error('user-busy')] },
  ];
  await converse(clients, [
    [...call, ringing],
    busy('eve', 'john_doe'),
    busy('eve', 'jane_doe'),
    busy('jane_doe', 'eve'),
    busy('john_doe', 'jane_doe'),
    ['eve', { type: 'call_accepted', caller_username: 'john_doe' }, { eve: [error('no-call')] }],
    [...accept, accepted],
    busy('eve', 'jane_doe'),
    busy('eve', 'john_doe'),
    ['eve', { type: 'call_ended', target_username: 'john_doe' }, { eve: [error('no-call')] }],
  ]);
});

for (const gone of ['john_doe', 'jane_doe'])
  test(`when ${gone} disconnects the call has ended, and the other may call again`, async (t) => {
    const host = await startHost(t);
    const clients = { ...(await johnAndJane(host)), eve: await register(host, 'eve', 'uuid3') };
    await converse(clients, [
      [...call, ringing],
      [...accept, accepted],
    ]);
    clients[gone].cut();
    delete clients[gone];
    const left = gone === 'john_doe' ? 'jane_doe' : 'john_doe';
    assert.deepEqual(await clients[left].next('call_ended'), { type: 'call_ended', from_username: gone });
    await converse(clients, [
      [left, { type: 'call_request', target_username: gone }, { [left]: [error('user-offline')] }],
      [
        'eve',
        { type: 'call_request', target_username: left },
        { [left]: [{ type: 'incoming_call', caller_username: 'eve', caller_id: 'uuid3' }] },
      ],
    ]);
  });

test('signals reach any registered user, without a call, in the name of who sent them', async (t) => {
  const host = await startHost(t);
  const data = { sdp: '...', type: 'offer', extra: { kept: [1] } };
  const claimed = {
    type: 'offer',
    target_username: 'jane_doe',
    data,
    from_username: 'eve',
    username: 'eve',
    more: 1,
  };
  const heard = { jane_doe: [{ type: 'offer', from_username: 'john_doe', data }] };
  await converse(await johnAndJane(host), [['john_doe', claimed, heard]]);
});

test('candidates may be texts, null or empty', async (t) => {
  const host = await startHost(t);
  const clients = await johnAndJane(host);
  const step = (sent, data) => [
    'john_doe',
    { type: 'ice_candidate', target_username: 'jane_doe', data: sent },
    { jane_doe: [{ type: 'ice_candidate', from_username: 'john_doe', data }] },
  ];
  await converse(clients, [
    step('candidate:1', { candidate: 'candidate:1' }),
    step(null, { candidate: '' }),
    step('', { candidate: '' }),
    step({ candidate: null }, { candidate: '' }),
  ]);
});

test('a username that is taken is an error; the same socket may take another', async (t) => {
  const host = await startHost(t);
  await register(host, 'john_doe', 'uuid1');
  const other = await connect(host);
  other.send({ type: 'register', username: 'john_doe', user_id: 'uuid9' });
  assert.deepEqual(withoutSentence(await other.any()), error('name-taken'));
  other.send({ type: 'register', username: 'john_2', user_id: 'uuid9' });
  assert.deepEqual(await other.any(), { type: 'registered', username: 'john_2', user_id: 'uuid9' });
});

test('a username that a member of the room has as its id is an error, and the newcomer is closed', async (t) => {
  const host = await startHost(t);
  await Client.join(host, 'r', 'ada');
  const newcomer = await Client.at(host, '/?room=r');
  newcomer.send({ type: 'register', username: 'ada', user_id: 'x' });
  assert.deepEqual(withoutSentence(await newcomer.any()), error('peer-taken'));
  assert.equal((await newcomer.closed).code, 1008);
});

test('whose socket is gone may register again at once', async (t) => {
  const host = await startHost(t);
  const john = await register(host, 'john_doe', 'uuid1');
  const jane = await register(host, 'jane_doe', 'uuid2');
  await listOf(jane, 2);
  john.cut();
  await listOf(jane, 1);
  await register(host, 'john_doe', 'uuid1');
});

test('a hundred who register at once are a few lists, not a hundred', async (t) => {
  const host = await startHost(t, { args: ['--max-connections', '128'] });
  const witness = await register(host, 'witness', 'w');
  const started = performance.now();
  await Promise.all(Array.from({ length: 100 }, (_, i) => register(host, `user${i}`, `${i}`)));
  await listOf(witness, 101);
  const lists = witness.all.filter(isList).length;
  const most = Math.ceil((performance.now() - started) / 250) + 2;
  assert.ok(lists <= most, `${lists} lists, where ${most} are four a second`);
});

const long = 'x'.repeat(129);
const someOffer = { sdp: 'v=0', type: 'offer' };
const unregistered = [
  { type: 'call_request', target_username: 'a' },
  { type: 'call_accepted', caller_username: 'a' },
  { type: 'call_rejected', caller_username: 'a' },
  { type: 'call_ended', target_username: 'a' },
  { type: 'offer', target_username: 'a', data: someOffer },
  { type: 'answer', target_username: 'a', data: { ...someOffer, type: 'answer' } },
  { type: 'ice_candidate', target_username: 'a', data: 'c' },
];
testBadInput({
  dialect: 'calls',
  connect,
  // Who looks on is a member of another dialect: lists of users come in their own time.
  join: async (host, name) => {
    if (name === 'bob') {
      const bob = await register(host, 'bob', 'uuid', '/?room=r');
      await bob.next('online_users');
      return bob;
    }
    const client = await Client.at(host, `/webrtc/signaling/r/${name}`);
    await client.next('existing_peers');
    return client;
  },
  before: [
    ['bad-field', { type: 'register' }],
    ['bad-field', { type: 'register', username: 'a' }],
    ['bad-field', { type: 'register', user_id: 'a' }],
    ['bad-field', { type: 'register', username: 5, user_id: 'a' }],
    ['bad-field', { type: 'register', username: 'a', user_id: {} }],
    ['bad-field', { type: 'register', username: '', user_id: 'a' }],
    ['bad-field', { type: 'register', username: 'a', user_id: '' }],
    ['bad-field', { type: 'register', username: long, user_id: 'a' }],
    ['bad-field', { type: 'register', username: 'a', user_id: long }],
    ['bad-field', { type: 'register', username: 'a\u0007b', user_id: 'a' }],
    ['bad-field', { type: 'register', username: 'a', user_id: 'a\u007fb' }],
    ...unregistered.map((message) => ['not-registered', message]),
  ],
  after: [
    ['already-joined', { type: 'register', username: 'bob', user_id: 'a' }],
    ['already-joined', { type: 'register', username: 'bob2', user_id: 'a' }],
    ['own-name', { type: 'call_request', target_username: 'bob' }],
    ['user-offline', { type: 'call_request', target_username: 'nobody' }],
    ['user-offline', { type: 'call_request', target_username: '' }],
    ['user-offline', { type: 'call_request', target_username: long }],
    ['bad-field', { type: 'call_request' }],
    ['bad-field', { type: 'call_request', target_username: 5 }],
    ['no-call', { type: 'call_accepted', caller_username: 'nobody' }],
    ['bad-field', { type: 'call_accepted' }],
    ['no-call', { type: 'call_rejected', caller_username: 'nobody' }],
    ['bad-field', { type: 'call_rejected', caller_username: [] }],
    ['no-call', { type: 'call_ended', target_username: 'nobody' }],
    ['bad-field', { type: 'call_ended' }],
    ['bad-field', { type: 'offer', target_username: 'ada' }],
    ['bad-field', { type: 'offer', data: someOffer }],
    ['bad-field', { type: 'offer', target_username: 'ada', data: 'v=0' }],
    ['bad-field', { type: 'offer', target_username: 'ada', data: { sdp: 1 } }],
    ['bad-field', { type: 'answer', target_username: 'ada', data: someOffer }],
    ['bad-field', { type: 'ice_candidate', target_username: 'ada' }],
    ['bad-field', { type: 'ice_candidate', target_username: 'ada', data: { candidate: 5 } }],
    ['own-name', { type: 'offer', target_username: 'bob', data: someOffer }],
    ['user-offline', { type: 'offer', target_username: 'nobody', data: someOffer }],
    ['user-offline', { type: 'offer', target_username: '', data: someOffer }],
  ],
  harmless: { type: 'ice_candidate', target_username: 'ada', data: 'c' },
  left: (name) => ({ type: 'peer_left', peer_id: name }),
});
