// An id, name or number that is taken: by a client that is there, by one whose socket was destroyed without a close, and
// by one that has stalled and answers no ping. In every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, incarnationOf } from './client.mjs';
import { Polling } from './engine_io.mjs';
import { startHost } from './host.mjs';
import { closeFrame } from './raw_socket.mjs';
import { SocketIoClient } from './socket_io_client.mjs';

const room = '923244219594';
/** hub::Limits::claim_patience, and what a busy machine needs besides. */
const patience = 2_000;
const margin = 1_500;

let pages = 0;
const page = () => `page-${++pages}`;

/** Nothing is read any more, so no ping is answered, as if the network had gone. */
const stall = ({ socket }) => socket.pause();

const atPath = (path) => (host) => Client.at(host, path);
const ways = {
  'a parley.v1 room': {
    open: (host) => Client.open(host),
    hello: () => ({ type: 'join', room, peer: 'parley', secret: page() }),
    welcome: 'joined',
    resumes: true,
  },
  'a parley.v1 registration': {
    open: (host) => Client.open(host),
    hello: () => ({ type: 'register', name: 'ada', secret: page() }),
    welcome: 'registered',
    refusal: 'name-taken',
    resumes: true,
  },
  fastapi: { open: atPath(`/webrtc/signaling/${room}/fastapi`), welcome: 'existing_peers' },
  serverpod: {
    open: atPath('/webrtc'),
    hello: () => ({ action: 'join', roomId: room, sessionId: 'serverpod' }),
    welcome: 'peers_list',
  },
  'socketio by WebSocket': {
    open: (host) => SocketIoClient.open(host, { transports: ['websocket'] }),
    hello: () => ({ type: 'join_room', room, user_id: 'socketio' }),
    welcome: 'room_joined',
    // A browser answers for the stock client; here it does so itself.
    stall: ({ socket }) => socket.io.engine.transport.ws.pause(),
  },
  'socketio by polling': {
    open: (host) => SocketIoClient.open(host, { transports: ['polling'] }),
    hello: () => ({ type: 'join_room', room, user_id: 'polling' }),
    welcome: 'room_joined',
    /** One that has polled and does so no more. */
    async stalled(host) {
      const client = await Polling.open(`http://127.0.0.1:${host.port}/socket.io/`);
      await client.post('40');
      await client.poll();
      await client.post(`42["join_room",{"room":"${room}","user_id":"polling"}]`);
      assert.match((await client.poll())[1], /room_joined/);
    },
  },
  calls: {
    open: atPath('/'),
    hello: () => ({ type: 'register', username: 'calls', user_id: '1' }),
    welcome: 'registered',
    refusal: 'name-taken',
  },
  'calls in a room': {
    open: atPath(`/?room=${room}`),
    hello: () => ({ type: 'register', username: 'member', user_id: '1' }),
    welcome: 'registered',
    refusal: 'name-taken',
  },
  sim: {
    open: atPath(`/${room}`),
    hello: () => ({ type: 'join', simNumber: room }),
    welcome: 'joined',
  },
};

async function ask(t, host, way) {
  const client = await way.open(host);
  t.after(() => (client.socket.terminate ?? client.socket.disconnect).call(client.socket));
  if (way.hello) client.send(way.hello());
  return client;
}

async function enter(t, host, way) {
  const client = await ask(t, host, way);
  await client.next(way.welcome);
  return client;
}

/** In all dialects at once, as each waits for some time. */
const everywhere = (t, host, play) =>
  Promise.all(
    Object.entries(ways).map(([name, way]) =>
      play(way, name).catch((error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error });
      }),
    ),
  );

test('who is there and answers a ping keeps what it has', async (t) => {
  const host = await startHost(t);
  await everywhere(t, host, async (way) => {
    const holder = await enter(t, host, way);
    const newcomer = await ask(t, host, way);
    assert.equal((await newcomer.next('error')).code, way.refusal ?? 'peer-taken');
    // It is still there: what it says is answered.
    await holder.heard();
  });
});

test('who has stalled makes way within 2 s, and is closed', async (t) => {
  const host = await startHost(t);
  await everywhere(t, host, async (way) => {
    if (way.stalled) {
      await way.stalled(host);
    } else {
      (way.stall ?? stall)(await enter(t, host, way));
    }
    const asked = performance.now();
    await enter(t, host, way);
    const waited = performance.now() - asked;
    assert.ok(waited > patience * 0.9, `a stranger has it after ${waited} ms`);
    assert.ok(waited < patience + margin, `in after ${waited} ms`);
  });
  await host.logged(/this id continues on another socket/);
});

test('who is in the same page or tab need not wait for one whose socket was destroyed', async (t) => {
  const host = await startHost(t);
  const witness = await Client.join(host, 'r', 'witness');
  const ada = await Client.join(host, 'r', 'ada', { secret: 'first' });
  await witness.next('peer-joined');
  ada.socket._socket.destroy();
  const cut = performance.now();
  assert.equal((await witness.next('peer-away')).id, 'ada');
  assert.ok(performance.now() - cut < margin, 'away at once');
  const again = await Client.join(host, 'r', 'ada', { secret: 'second', former: 'first' });
  assert.ok(performance.now() - cut < patience, 'in at once');
  assert.deepEqual(
    again.joined.peers.map(({ id }) => id),
    ['witness'],
    'it is not listed twice',
  );
  assert.equal((await witness.next('peer-left')).reason, 'replaced');
  assert.equal((await witness.next('peer-joined')).peer.incarnation, incarnationOf('second'));

  const [user, next] = [await Client.open(host), await Client.open(host)];
  user.send({ type: 'register', name: 'bob', secret: 'first' });
  await user.next('registered');
  user.socket._socket.destroy();
  await user.closed;
  next.send({ type: 'register', name: 'bob', secret: 'second', former: 'first' });
  await next.next('registered');
});

test('whose socket was destroyed is not in the way of a stranger for longer than 2 s', async (t) => {
  const host = await startHost(t);
  await everywhere(t, host, async (way, name) => {
    if (way.stalled) return;
    const holder = await enter(t, host, way);
    const raw = holder.socket._socket ?? holder.socket.io.engine.transport.ws._socket;
    raw.destroy();
    const asked = performance.now();
    await enter(t, host, way);
    assert.ok(performance.now() - asked < patience + margin, name);
  });
});

test('a page that goes away (1001) is away for 2 s at most', async (t) => {
  const host = await startHost(t);
  const bob = await Client.join(host, 'r', 'bob');
  const ada = await Client.join(host, 'r', 'ada');
  ada.socket._socket.write(closeFrame(1001));
  assert.equal((await bob.next('peer-away')).id, 'ada');
  const away = performance.now();
  assert.deepEqual((await bob.next('peer-left')).id, 'ada');
  const waited = performance.now() - away;
  assert.ok(waited < patience + margin, `left after ${waited} ms`);
});

// What the others see of a page is no proof of being it.
test('after a restart of the host, an incarnation that is known from before can not be had again', async (t) => {
  const host = await startHost(t);
  await Client.join(host, 'r', 'ada', { secret: 'mine' });
  const eve = await Client.join(host, 'r', 'eve');
  const [{ incarnation }] = eve.joined.peers;

  const again = await startHost(t);
  await Client.join(again, 'r', 'ada', { secret: incarnation });
  const bob = await Client.join(again, 'r', 'bob');
  assert.notEqual(bob.joined.peers[0].incarnation, incarnation);
});
