// Clients that take what is not theirs: memory, time, connections.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { until } from './hls_host.mjs';
import { startHost, temporaryFolder } from './host.mjs';
import { RawSocket, frame, opcode, upgradeRequest } from './raw_socket.mjs';

const KiB = 1024;
const MiB = 1024 * KiB;
const unlimited = ['--messages-per-second', '--message-burst', '--bytes-per-second', '--byte-burst'].flatMap(
  (name) => [name, '1000000000'],
);
const large = 'x'.repeat(60 * KiB);

test('a client that announces 1 GiB and sends it is closed with 1009 and costs less than 2 MiB', async (t) => {
  const host = await startHost(t);
  const witness = await Client.join(host, 'r', 'witness');
  const before = host.memory();
  const raw = await RawSocket.open(host);
  await raw.write(frame(opcode.text, '', { length: 1024 * MiB, lengthBytes: 8 }));
  const closed = raw.frameOf(opcode.close);
  const chunk = randomBytes(MiB);
  let sent = 0;
  while (sent < 1024 && !raw.socket.destroyed) {
    await Promise.race([raw.write(chunk), raw.destroyed]);
    ++sent;
  }
  assert.equal((await closed).code, 1009);
  const cost = host.memory().peak - before.peak;
  t.diagnostic(`${sent} MiB were sent; the host's peak grew by ${Math.round(cost / KiB)} KiB`);
  if (!host.sanitized) assert.ok(cost < 2 * MiB, `cost ${cost} bytes`);
  await witness.ping();
});

test('frames that are announced and never sent cost nothing', async (t) => {
  const host = await startHost(t);
  const before = host.memory();
  const raws = [];
  for (let i = 0; i < 40; ++i) {
    const raw = await RawSocket.open(host);
    const counted = raw.frameOf(opcode.pong);
    await raw.write(frame(opcode.ping, ''));
    await counted;
    await raw.write(frame(opcode.text, '', { length: 65536, lengthBytes: 8 }));
    raws.push(raw);
  }
  assert.equal((await host.health()).connections, 40);
  const cost = host.memory().peak - before.peak;
  if (!host.sanitized) assert.ok(cost < 4 * MiB, `cost ${cost} bytes`);
  raws.forEach((raw) => raw.destroy());
});

test('one address has its share of rooms and names, ten times as much where it is local', async (t) => {
  const host = await startHost(t, { args: ['--rooms-per-address', '1', '--names-per-address', '1'] });
  for (let i = 0; i < 10; ++i) await Client.join(host, `room-${i}`, 'ada');
  const client = await Client.open(host);
  client.send({ type: 'join', room: 'one-more', incarnation: 'x' });
  assert.equal((await client.next('error')).code, 'address-full');
  const elsewhere = await Client.open(host, { localAddress: '127.0.0.2' });
  elsewhere.send({ type: 'join', room: 'one-more', incarnation: 'x' });
  await elsewhere.next('joined');
  for (let i = 0; i < 10; ++i) {
    const user = await Client.open(host);
    user.send({ type: 'register', name: `user-${i}`, secret: 'x' });
    await user.next('registered');
  }
  client.send({ type: 'register', name: 'one-more', secret: 'x' });
  assert.equal((await client.next('error')).code, 'address-full');
});

test('one socket that comes online and goes again and again is told to wait', async (t) => {
  const host = await startHost(t);
  const client = await Client.open(host);
  for (let i = 0; i < 10; ++i) {
    client.send({ type: 'register', name: 'ada', secret: 'x' });
    client.send({ type: 'leave' });
  }
  client.send({ type: 'register', name: 'ada', secret: 'x' });
  const { code, message } = await client.next('error');
  assert.equal(code, 'too-fast');
  assert.match(message, /^You come online too often\. Try again in \d s\.$/);
});

/** A member of room r that has stopped reading, and a host that takes all the others want to send. */
async function withStalledReader(t, args = [], outboxBytes = 256 * KiB) {
  const host = await startHost(t, { args: [...unlimited, '--outbox-bytes', String(outboxBytes), ...args] });
  const ada = await Client.join(host, 'r', 'ada');
  const stalled = await RawSocket.open(host);
  await stalled.write(
    frame(opcode.text, JSON.stringify({ type: 'join', room: 'r', peer: 'stalled', secret: 'x' })),
  );
  await ada.next('peer-joined');
  stalled.socket.pause();
  let seq = 0;
  const tell = (to, sdp) => ada.send({ type: 'signal', seq: ++seq, to, description: { type: 'offer', sdp } });
  return { host, ada, stalled, tell, large: 'x'.repeat(60 * KiB) };
}

test('a reader who stopped reading is dropped when its outbox is full, and delays nobody', async (t) => {
  const { host, stalled, tell, large } = await withStalledReader(t);
  const bob = await Client.join(host, 'r', 'bob');
  let dropped = false;
  const away = bob.next('peer-away').then(({ id }) => {
    assert.equal(id, 'stalled');
    dropped = true;
  });
  let slowest = 0;
  let rounds = 0;
  while (!dropped) {
    const sent = performance.now();
    tell('stalled', large);
    tell('bob', `small ${++rounds}`);
    assert.equal((await bob.next('signal')).description.sdp, `small ${rounds}`);
    slowest = Math.max(slowest, performance.now() - sent);
  }
  await away;
  t.diagnostic(`dropped after ${rounds} messages; the slowest to another took ${slowest.toFixed(1)} ms`);
  assert.ok(slowest < 500, `a message to another took ${slowest} ms`);
  await host.logged(/ warning disconnect .*code=1008/);
  stalled.destroy();
});

test('a reader who goes on reading in time is told why: 1008', async (t) => {
  const { ada, stalled, tell, large } = await withStalledReader(t);
  // More than the kernel keeps for one connection (tcp_wmem and tcp_rmem) and the outbox together.
  for (let bytes = 0; bytes < 16 * MiB; bytes += large.length) tell('stalled', large);
  await ada.ping();
  stalled.socket.resume();
  assert.equal((await stalled.frameOf(opcode.close)).code, 1008);
});

test('a client that is silent for two heartbeats is lost', async (t) => {
  const host = await startHost(t, { args: ['--heartbeat-seconds', '1'] });
  const silent = await Client.join(host, 'r', 'silent');
  const ada = await Client.join(host, 'r', 'ada');
  const alive = setInterval(() => ada.send({ type: 'ping' }), 500);
  t.after(() => clearInterval(alive));
  assert.equal((await ada.next('peer-away')).id, 'silent');
  assert.equal((await silent.closed).code, 1006);
});

test('past the limit of connections a WebSocket is closed with 1013 or refused with 503, and HTTP is answered', async (t) => {
  const host = await startHost(t, { args: ['--max-connections', '4', '--http-workers', '6'] });
  const clients = [];
  for (let i = 0; i < 4; ++i) {
    const client = await Client.open(host);
    await client.ping(); // the host counts it once it has answered the upgrade
    clients.push(client);
  }
  const one = await Client.open(host);
  assert.equal((await one.closed).code, 1013);

  // Many at once that do not answer the close frame: some are told by 1013, the others by 503.
  const crowd = await Promise.all(Array.from({ length: 12 }, () => RawSocket.open(host)));
  const answers = await Promise.all(
    crowd.map(async (raw) =>
      raw.response.startsWith('HTTP/1.1 101') ? (await raw.frame()).code : raw.response.slice(9, 12),
    ),
  );
  assert.deepEqual([...new Set(answers)].sort(), ['503', 1013].sort());
  assert.equal((await host.health()).status, 'ok');
  crowd.forEach((raw) => raw.destroy());
  const all = 1 + crowd.length;
  await until(async () => (await host.health()).refused['max-connections'] === all, `${all} are counted`);

  clients[0].socket.close();
  await clients[0].closed;
  await host.logged(/disconnect connection=1 /);
  await (await Client.open(host)).ping();
});

test('a request whose headers never end holds a worker for a limited time only', async (t) => {
  const host = await startHost(t);
  const socket = connect(host.port, '127.0.0.1');
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.resume();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
  await ended;
});

/** Ada, and members of her room who have left without a word: each takes messages until its window closes. */
async function withAway(host, count) {
  const ada = await Client.join(host, 'r', 'ada');
  const away = [];
  for (let i = 0; i < count; ++i) {
    const member = await Client.join(host, 'r', `m${i}`);
    member.cut();
    await ada.next('peer-away');
    away.push(member);
  }
  return { ada, away };
}

test('what waits for all clients together has a limit, and the one furthest behind goes first', async (t) => {
  const host = await startHost(t, {
    args: [...unlimited, '--max-buffered-mb', '4', '--peers-per-room', '64'],
  });
  const { ada, away } = await withAway(host, 20);
  const before = host.memory();
  let seq = 0;
  const tell = (to, bytes) =>
    ada.send({ type: 'signal', seq: ++seq, to, description: { type: 'offer', sdp: 'x'.repeat(bytes) } });
  // 10 MiB for twenty, of which the first is sent most.
  const gone = ada.next('peer-left');
  for (let round = 0; round < 8; ++round) {
    for (let i = 0; i < away.length; ++i) tell(`m${i}`, i === 0 ? 62 * KiB : 60 * KiB);
  }
  assert.deepEqual([(await gone).id, (await ada.ping()).type], ['m0', 'pong']);
  const cost = host.memory().now - before.now;
  t.diagnostic(`10 MiB for members who are away cost ${Math.round(cost / KiB)} KiB`);
  if (!host.sanitized) assert.ok(cost < 8 * MiB, `cost ${cost} bytes`);
  // Whoever was given up joins anew; whoever was not has missed nothing.
  const back = await Client.open(host);
  back.send({
    type: 'join',
    room: 'r',
    peer: 'm0',
    incarnation: 'm0-page',
    resume: { session: away[0].joined.session, ack: 0 },
  });
  assert.ok(!(await back.next('joined')).resumed);
});

test('a client that does not read is closed with 1013 when all together have too much waiting', async (t) => {
  const { host, ada, stalled, tell } = await withStalledReader(t, ['--max-buffered-mb', '1'], 64 * MiB);
  // More than the kernel keeps for one connection and all may have together.
  for (let bytes = 0; bytes < 16 * MiB; bytes += large.length) tell('stalled', large);
  assert.equal((await ada.next('peer-left')).id, 'stalled');
  await host.logged(/ warning close connection=2 address=127\.0\.0\.1 detail="too much waits/);
  await host.logged(/ disconnect connection=2 .*code=1013/);
  assert.equal((await host.health()).refused['max-buffered-mb'], 1);
  stalled.destroy();
});

test('polling sessions that nobody polls are forgotten when they hold too much', async (t) => {
  const host = await startHost(t, {
    args: [...unlimited, '--max-buffered-mb', '16', '--peers-per-room', '64', '--heartbeat-seconds', '60'],
  });
  const poll = `http://127.0.0.1:${host.port}/socket.io/?EIO=4&transport=polling`;
  const ada = await Client.at(host, '/webrtc/signaling/r/ada');
  for (let i = 0; i < 30; ++i) {
    const { sid } = JSON.parse((await (await fetch(poll)).text()).slice(1));
    const post = (body) => fetch(`${poll}&sid=${sid}`, { method: 'POST', body });
    await post('40');
    await fetch(`${poll}&sid=${sid}`);
    await post('42["join_room",{"room":"r"}]');
    await ada.next('peer_joined');
  }
  const before = host.memory();
  // 64 offers of 60 KiB to everybody: 115 MB.
  for (let i = 0; i < 64; ++i) ada.send({ type: 'offer', offer: { type: 'offer', sdp: large } });
  await ada.heard();
  const cost = host.memory().now - before.now;
  t.diagnostic(`115 MB for sessions that do not poll cost ${Math.round(cost / MiB)} MiB`);
  if (!host.sanitized) assert.ok(cost < 32 * MiB, `cost ${cost} bytes`);
});

for (const mebibytes of [32, 200, 500]) {
  test(`with ${mebibytes} MiB left what does not fit costs its connection, and the host goes on`, async (t) => {
    const host = await startHost(t, {
      // As good as no limit of its own: the memory ends first.
      args: [
        ...[...unlimited, '--max-connections', '8', '--http-workers', '4'],
        ...['--outbox-bytes', '1000000000', '--max-buffered-mb', '4096'],
      ],
    });
    if (host.sanitized) return;
    // Each of its threads reserves 64 MiB of addresses with its first allocation: they are to have done so.
    for (let i = 0; i < 8; ++i) {
      const early = await Promise.all([1, 2, 3, 4].map((k) => Client.join(host, 'early', `early-${k}`)));
      early.forEach((client) => client.cut());
      await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(() => host.health()));
    }
    host.leaveMemory(mebibytes * MiB);
    const ada = await Client.join(host, 'r', 'ada');
    const bob = await Client.join(host, 'r', 'bob');
    bob.socket.pause();
    let over = false;
    ada.closed.then(() => (over = true));
    ada.next('peer-away').then(
      () => (over = true),
      () => {},
    );
    let sent = 0;
    for (let seq = 0; !over && sent < 2 * mebibytes * MiB; sent += 16 * large.length) {
      for (let i = 0; i < 16; ++i)
        ada.send({ type: 'signal', seq: ++seq, to: 'bob', description: { type: 'offer', sdp: large } });
      await ada.ping().catch(() => {});
    }
    t.diagnostic(`${Math.round(sent / MiB)} MiB were sent`);
    assert.ok(over, 'somebody was let go');
    ada.cut();
    bob.cut();
    assert.equal((await host.health()).status, 'ok');
    await Client.join(host, 'after', 'eve');
  });
}

test('many clients come and go without the host growing', async (t) => {
  const host = await startHost(t);
  const round = async () => {
    const clients = await Promise.all(
      Array.from({ length: 40 }, (_, i) => Client.join(host, `r${i % 4}`, `p${i}`)),
    );
    clients.forEach((client) => {
      client.send({ type: 'leave', seq: 1 });
      client.socket.close(1000);
    });
    await Promise.all(clients.map(({ closed }) => closed));
  };
  for (let i = 0; i < 5; ++i) await round();
  const before = host.memory();
  for (let i = 0; i < 20; ++i) await round();
  const growth = host.memory().now - before.now;
  t.diagnostic(`800 clients later: ${Math.round(growth / KiB)} KiB more`);
  if (!host.sanitized) assert.ok(growth < 2 * MiB, `grew by ${growth} bytes`);
});

test('upgrade requests that are not quite right are refused in words', async (t) => {
  const host = await startHost(t, { args: ['--allow-origin', 'https://good.example'] });
  const answer = async (request) => {
    const raw = new RawSocket(host.port);
    await raw.write(request);
    const head = await raw.head();
    raw.destroy();
    return head.slice(9, 12);
  };
  assert.equal(await answer(upgradeRequest), '101');
  assert.equal(await answer(upgradeRequest.replace('GET', 'POST')), '405');
  assert.equal(await answer(upgradeRequest.replace('/ws', '/nowhere')), '404');
  assert.equal(await answer(upgradeRequest.replace('/ws', '/ws/more')), '404');
  assert.equal(await answer(upgradeRequest.replace('parley.v1', 'mqtt')), '400');
  assert.equal(await answer(upgradeRequest.replace('parley.v1', 'mqtt, parley.v1')), '101');
  assert.equal(await answer(upgradeRequest.replace('Version: 13', 'Version: 8')), '426');
  assert.equal(await answer(upgradeRequest.replace('Host:', 'Origin: https://evil.example\r\nHost:')), '403');
  assert.equal(await answer(upgradeRequest.replace('Host:', 'Origin: https://good.example\r\nHost:')), '101');
});

test('of several subprotocols that are offered, the host answers the one it speaks', async (t) => {
  const host = await startHost(t);
  const offers = ['parley.v1', 'parley.v1, a', 'a, parley.v1', 'a, parley.v1, b'];
  for (const offered of offers) {
    const raw = new RawSocket(host.port);
    raw.write(upgradeRequest.replace('parley.v1', offered));
    assert.match(await raw.head(), /\r\nSec-WebSocket-Protocol: parley\.v1\r\n/i, offered);
    raw.destroy();
  }
});

test('what is not whole has a limit for all clients together, and small requests always fit', async (t) => {
  const host = await startHost(t, { args: ['--max-received-mb', '1'] });
  const post = (length) => `POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
  const half = [];
  for (let i = 0; i < 10; ++i) {
    const raw = new RawSocket(host.port);
    await raw.write(post(131_000) + 'x'.repeat(100_000));
    half.push(raw);
  }
  await host.health();
  const refused = new RawSocket(host.port);
  await refused.write(post(131_000) + 'x'.repeat(100_000));
  assert.match(await refused.head(), /^HTTP\/1\.1 503 /);
  assert.equal((await host.health()).refused['max-received-mb'], 1);
  const message = await RawSocket.open(host);
  await message.write(frame(opcode.text, 'x'.repeat(50_000), { length: 60_000, lengthBytes: 2 }));
  assert.equal((await message.frameOf(opcode.close)).code, 1013);
  assert.equal((await host.health()).refused['max-received-mb'], 2);
  await Client.join(host, 'r', 'ada');
  half.forEach((raw) => raw.destroy());
  const after = await RawSocket.open(host);
  await after.write(frame(opcode.text, 'x'.repeat(50_000), { length: 60_000, lengthBytes: 2 }));
  await host.health();
  assert.ok(!after.socket.readableEnded, 'there is room again');
});

test('what a limit ends is counted by the name of its option, and an idle connection is not', async (t) => {
  const web = temporaryFolder(t);
  writeFileSync(join(web, 'index.html'), '<!doctype html>');
  writeFileSync(join(web, 'large.js'), 'x'.repeat(20 * MiB));
  const seconds = ['head', 'body', 'idle', 'unread', 'message'];
  const host = await startHost(t, {
    web,
    args: [
      ...seconds.flatMap((name) => [`--${name}-seconds`, '1']),
      ...['--first-message-seconds', '2', '--frame-burst', '5', '--frames-per-second', '1'],
    ],
  });
  const request = async (bytes) => {
    const raw = new RawSocket(host.port);
    await raw.write(bytes);
    return raw;
  };
  const unread = await request('GET /large.js HTTP/1.1\r\nHost: a\r\n\r\n');
  unread.socket.pause();
  const ended = [
    await request(''),
    await request('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'),
    await request('GET / HTTP/1.1\r\nHost: a\r\n'),
    await request('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfive.'),
  ];
  const begun = await RawSocket.open(host);
  await begun.write(frame(opcode.text, '{"type"', { fin: false }));
  const sockets = [begun, await RawSocket.open(host), await RawSocket.open(host), await RawSocket.open(host)];
  for (let i = 0; i < 10; ++i) sockets[2].write(frame(opcode.ping));
  await sockets[3].write(frame(opcode.text, '', { length: 1_000_000 }));
  const codes = await Promise.all(sockets.map(async (raw) => (await raw.frameOf(opcode.close)).code));
  assert.deepEqual(codes, [1008, 1008, 1008, 1009]);
  await Promise.all(ended.map((raw) => raw.end()));
  const expected = {
    'head-seconds': 1,
    'body-seconds': 1,
    'unread-seconds': 1,
    'first-message-seconds': 1,
    'message-seconds': 1,
    'frames-per-second': 1,
    'message-bytes': 1,
  };
  const refused = await until(async () => {
    const counted = (await host.health()).refused;
    return Object.keys(counted).length >= Object.keys(expected).length && counted;
  }, 'all are counted');
  assert.deepEqual(refused, expected);
  unread.destroy();
});

test('a message that takes too long closes its WebSocket with 1008', async (t) => {
  const host = await startHost(t, { args: ['--message-seconds', '1'] });
  const raw = await RawSocket.open(host);
  await raw.write(frame(opcode.text, '{"type"', { fin: false }));
  assert.equal((await raw.frameOf(opcode.close)).reason, 'this message took too long');
});
