// A network, or a proxy, goes down and comes back: a thousand clients of each dialect drop at once and return.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { get } from 'node:http';
import { test } from 'node:test';
import { startHost } from './host.mjs';
import { StormClient, haveCompleteList, names, sorted } from './storm.mjs';

const count = 1000;

/** A connection of its own for each question, so that none is left that could be counted. */
const ask = (host, path) =>
  new Promise((resolve, reject) => {
    const asked = get(
      {
        host: '127.0.0.1',
        port: path.startsWith('/api/') ? host.managerPort : host.port,
        path,
        agent: false,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => (text += part));
        answer.on('end', () => resolve(JSON.parse(text)));
      },
    );
    asked.on('error', reject);
  });

/** Asks until this is the answer; what it was last, where it never is. */
async function becomes(look, expected, what) {
  const end = performance.now() + 15_000;
  let seen = await look();
  while (seen !== expected && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    seen = await look();
  }
  assert.equal(seen, expected, what);
}

const descriptors = (host) => readdirSync(`/proc/${host.pid}/fd`).length;
const all = (clients, act) => Promise.all(clients.map(act));

/** Who is where, by everything that can be asked: each of these clients once, and nobody else. */
async function assertExact(host, clients, rooms) {
  const expected = new Map(rooms.map((room) => [room, []]));
  for (const { room, id, self } of clients) expected.get(room).push(self ?? id);

  const { connections, members, rooms: open } = await ask(host, '/healthz');
  assert.deepEqual(
    { connections, members, open },
    { connections: clients.length, members: clients.length, open: rooms.length },
  );
  assert.equal((await ask(host, '/api/v1/sessions')).total, clients.length);
  const sizes = (await ask(host, '/api/v1/rooms')).rooms;
  assert.deepEqual(
    sorted(sizes.map(({ roomId, size }) => `${roomId} ${size}`)),
    sorted(rooms.map((room) => `${room} ${expected.get(room).length}`)),
  );
  for (let at = 0; at < rooms.length; at += 50) {
    await all(rooms.slice(at, at + 50), async (room) => {
      const { members: there } = await ask(host, `/api/v1/rooms/${room}/members`);
      assert.deepEqual(sorted(there.map(({ sessionId }) => sessionId)), sorted(expected.get(room)));
    });
  }
  if (!clients.some(({ kind }) => kind === 'fastapi')) return;
  const listed = (await ask(host, '/webrtc/rooms')).rooms;
  assert.equal(listed.length, rooms.length);
  for (const { room_id, peer_count, peers } of listed) {
    assert.equal(peer_count, peers.length);
    assert.deepEqual(sorted(peers), sorted(expected.get(room_id)));
  }
}

const assertDirectoryExact = (users) =>
  becomes(() => haveCompleteList(users), true, 'all users have the same complete list');

const ways = { 'cut, without a close frame': false, closed: true };

test('a thousand of each dialect drop at once and return: nobody is there twice, nobody is missing', async (t) => {
  const host = await startHost(t, {
    args: [
      '--max-connections',
      String(names.length * count),
      '--log-level',
      'error',
      '--max-rooms',
      String(count),
      // Each of them comes online three times, from one address.
      '--names-per-address',
      String(count),
      '--manager',
      '127.0.0.1:0',
    ],
  });
  const atFirst = descriptors(host);
  const rooms = Array.from({ length: count }, (_, i) => String(5_000_000_000 + i));
  const clients = rooms.flatMap((room) =>
    names.map((kind) => new StormClient(host, kind, room, kind === 'sim' ? room : `${kind}-${room}`)),
  );
  const users = clients.filter(({ kind }) => kind === 'calls');
  const parley = clients.filter(({ kind }) => kind === 'parley');
  let started = performance.now();
  const lap = (what) => {
    const now = performance.now();
    t.diagnostic(`${what}: ${Math.round(now - started)} ms`);
    started = now;
  };

  await all(clients, (client) => client.come());
  lap('came');
  await assertExact(host, clients, rooms);
  await assertDirectoryExact(users);
  // One a client. (Whoever has just asked something may still be there.)
  const atMost = atFirst + clients.length;
  lap('asked');

  for (const [way, politely] of Object.entries(ways)) {
    for (const user of users) delete user.list;
    await all(clients, async (client) => {
      await client.go(politely);
      await client.come();
    });
    lap(`${way} and back, ${clients.reduce((sum, { refusals }) => sum + refusals, 0)} refusals so far`);
    assert.ok(
      parley.every(({ resumed }) => resumed),
      'every session of parley.v1 goes on',
    );
    await assertExact(host, clients, rooms);
    await assertDirectoryExact(users);
    await becomes(() => descriptors(host), atMost, 'descriptors');
    lap('asked');
  }

  await all(clients, (client) => client.go(true));
  await becomes(async () => (await ask(host, '/healthz')).connections, 0, 'connections');
  await becomes(() => descriptors(host), atFirst, 'descriptors, once all are gone');
  lap('went');
});

test('a thousand of parley.v1 that do not resume return as others, and their old selves leave', async (t) => {
  const host = await startHost(t, {
    args: [
      ...['--max-connections', String(count), '--resume-seconds', '1', '--log-level', 'error'],
      ...['--manager', '127.0.0.1:0'],
    ],
  });
  const atFirst = descriptors(host);
  const rooms = Array.from({ length: count / 10 }, (_, i) => `room-${i}`);
  const clients = Array.from(
    { length: count },
    (_, i) => new StormClient(host, 'parley', rooms[i % rooms.length]),
  );
  for (const client of clients) client.secret = randomUUID();
  await all(clients, (client) => client.come());
  const atMost = atFirst + count;
  for (const [way, politely] of Object.entries(ways)) {
    const name = ({ room, self }) => `${room} ${self}`;
    const before = new Set(clients.map(name));
    await all(clients, async (client) => {
      await client.go(politely);
      delete client.session;
      client.secret = randomUUID();
      await client.come();
    });
    assert.ok(!clients.some((client) => before.has(name(client))), way);
    await becomes(
      async () => (await ask(host, '/healthz')).members,
      count,
      'members, once the windows have closed',
    );
    await assertExact(host, clients, rooms);
    await becomes(() => descriptors(host), atMost, 'descriptors');
  }
});
