// What one network address may hold and do, and how a proxy says whose a connection is.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { Client } from './client.mjs';
import { makeCertificate } from './certificates.mjs';
import { camera, gatewayTest, startGateway, until } from './hls_host.mjs';
import { startHost, temporaryFolder } from './host.mjs';

/** Where a trusted proxy says that its client is: no local address, which would have ten times as much. */
const from = (address) => ({ headers: { 'X-Forwarded-For': address } });
const trusted = ['--trust-proxy', '127.0.0.1'];
const [ada, bob] = ['203.0.113.1', '203.0.113.2'];

/** The status and the body of a request. */
function get(host, path, { headers, method = 'GET' } = {}, body = '') {
  return new Promise((resolve, reject) => {
    httpRequest({ port: host.port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    })
      .on('error', reject)
      .end(body);
  });
}

const statuses = async (count, ask) => {
  const counted = {};
  for (let i = 0; i < count; ++i) {
    const { status } = await ask();
    counted[status] = (counted[status] ?? 0) + 1;
  }
  return counted;
};

/** The status that refuses a WebSocket; 101 where it opens. */
async function opens(host, options) {
  try {
    return { status: 101, client: await Client.open(host, options) };
  } catch (error) {
    return { status: Number(/(\d{3})/.exec(error.message)?.[1]) };
  }
}

test('an address has as many connections as it may, others theirs, and what ends makes room', async (t) => {
  const host = await startHost(t, { args: [...trusted, '--connections-per-address', '3'] });
  const clients = [];
  for (let i = 0; i < 3; ++i) clients.push(await Client.open(host, from(ada)));
  assert.equal((await opens(host, from(ada))).status, 429);
  const refused = await get(host, '/healthz', from(ada));
  assert.equal(refused.status, 429);
  assert.match(refused.text, /^Your network address has as many connections here as it may have\./);
  assert.equal(refused.headers['retry-after'], '1');
  assert.equal((await opens(host, from(bob))).status, 101);
  clients[0].socket.close();
  await clients[0].closed;
  assert.equal((await get(host, '/healthz', from(ada))).status, 200);
  assert.equal((await opens(host, from(ada))).status, 101);
  assert.equal((await host.health()).refused['connections-per-address'], 2);
});

test('a local address has ten times as many', async (t) => {
  const host = await startHost(t, { args: ['--connections-per-address', '2'] });
  const sockets = Array.from({ length: 20 }, () => connect(host.port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const answers = await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve) => {
          socket.on('data', (data) => resolve(String(data)));
          socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
        }),
    ),
  );
  assert.ok(answers.every((answer) => answer.startsWith('HTTP/1.1 200 ')));
  const one = connect(host.port, '127.0.0.1');
  const [answer] = await once(one, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 429 /);
  assert.equal((await opens(host, { localAddress: '127.0.0.2' })).status, 101);
  sockets.forEach((socket) => socket.destroy());
});

/** Sends a request whose body does not end; everything that is answered until the host ends its side. */
function insists(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const piece = Buffer.alloc(65_536, 'x');
    let answer = '';
    const send = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', send).on('data', (data) => (answer += data));
    socket.on('end', () => resolve(answer) || socket.destroy());
    socket.on('error', (error) => reject(new Error(`${error.code} after ${JSON.stringify(answer)}`)));
    socket.write('POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
    send();
  });
}

const whole = /^HTTP\/1\.1 429 [^]*\r\n\r\nYour network address [^]*\.\n$/;

test('a refusal arrives whole at whoever is still sending: one connection too many', async (t) => {
  const host = await startHost(t, { args: ['--connections-per-address', '1'] });
  const held = Array.from({ length: 10 }, () => connect(host.port, '127.0.0.1'));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  for (let i = 0; i < 50; ++i) assert.match(await insists(host.port), whole);
  held.forEach((socket) => socket.destroy());
});

test('a refusal arrives whole at whoever is still sending: one request too many', async (t) => {
  const host = await startHost(t, { args: ['--requests-per-second', '1', '--request-burst', '1'] });
  let refused = 0;
  for (let i = 0; i < 50; ++i) refused += whole.test(await insists(host.port)) ? 1 : 0;
  assert.ok(refused >= 30, `${refused} of 50`);
});

test('whoever is turned away and stays holds no more than 64 connections, and not for long', async (t) => {
  const host = await startHost(t, { args: ['--connections-per-address', '1'] });
  const held = Array.from({ length: 10 }, () => connect(host.port, '127.0.0.1'));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  const open = () => readdirSync(`/proc/${host.pid}/fd`).length;
  const before = open();
  const turnedAway = Array.from({ length: 300 }, () =>
    connect({ port: host.port, host: '127.0.0.1', allowHalfOpen: true }).resume(),
  );
  await Promise.all(turnedAway.map((socket) => once(socket, 'end')));
  assert.ok(open() <= before + 80, `${open()} descriptors, ${before} before`);
  await until(() => open() <= before, 'all are gone');
  [...held, ...turnedAway].forEach((socket) => socket.destroy());
});

test('an IPv6 address counts by its /64', async (t) => {
  const host = await startHost(t, { args: [...trusted, '--connections-per-address', '1'] });
  assert.equal((await opens(host, from('2001:db8:1:2::1'))).status, 101);
  assert.equal((await opens(host, from('2001:db8:1:2:ffff::1'))).status, 429);
  assert.equal((await opens(host, from('2001:db8:1:3::1'))).status, 101);
});

test('more requests than an address may make are answered with 429, and logged once a second', async (t) => {
  const args = [...trusted, '--requests-per-second', '1', '--request-burst', '5'];
  const host = await startHost(t, { args });
  const counted = await statuses(40, () => get(host, '/healthz', from(ada)));
  assert.ok(counted[200] >= 5 && counted[200] <= 8, JSON.stringify(counted));
  assert.equal(counted[429], 40 - counted[200]);
  assert.equal((await get(host, '/healthz', from(bob))).status, 200);
  await host.logged(/warning limit limit=requests-per-second address=203\.0\.113\.1 times=1\n/);
  const lines = host.output.err.match(/limit limit=requests-per-second/g).length;
  assert.ok(lines <= 3, `${lines} lines`);
  const { refused } = JSON.parse((await get(host, '/healthz', from(bob))).text);
  assert.equal(refused['requests-per-second'], counted[429]);
});

test('who makes up a proxy has no more than without', async (t) => {
  const host = await startHost(t, { args: ['--requests-per-second', '1', '--request-burst', '1'] });
  const counted = await statuses(30, () => get(host, '/healthz', from(`203.0.113.${Math.random()}`)));
  assert.ok(counted[429] > 0, JSON.stringify(counted));
});

test('an address has as many sessions of Engine.IO as it may', async (t) => {
  const host = await startHost(t, { args: [...trusted, '--engine-io-sessions-per-address', '2'] });
  const handshake = '/socket.io/?EIO=4&transport=polling';
  assert.deepEqual(await statuses(4, () => get(host, handshake, from(ada))), { 200: 2, 429: 2 });
  assert.equal((await get(host, handshake, from(bob))).status, 200);
  const socket = new (await import('ws')).WebSocket(
    `ws://127.0.0.1:${host.port}/socket.io/?EIO=4&transport=websocket`,
    from(ada),
  );
  assert.equal((await once(socket, 'close'))[0], 1013);
  const { refused } = await host.health();
  assert.equal(refused['engine-io-sessions-per-address'], 3);
});

gatewayTest('an address publishes as many streams by WHIP as it may, and what ends makes room', async (t) => {
  const host = await startGateway(t, { args: [...trusted, '--whip-sessions-per-address', '1'] });
  const { offer } = await camera(t);
  const publish = (number, address) => {
    const headers = { ...from(address).headers, 'Content-Type': 'application/sdp' };
    return get(host, `/whip/${number}`, { method: 'POST', headers }, offer.sdp);
  };
  const first = await publish('10001', ada);
  assert.equal(first.status, 201, first.text);
  const refused = await publish('10002', ada);
  assert.equal(refused.status, 429);
  assert.match(refused.text, /^Your network address publishes as many streams here as it may\./);
  assert.equal((await publish('10003', bob)).status, 201);
  await get(host, first.headers.location, { method: 'DELETE', ...from(ada) });
  assert.equal((await publish('10004', ada)).status, 201);
  assert.equal((await host.health()).refused['whip-sessions-per-address'], 1);
});

test('what a client is refused fills no log', async (t) => {
  const host = await startHost(t);
  const client = await Client.join(host, 'r', 'ada');
  for (let seq = 1; seq <= 100; ++seq) client.send({ type: 'signal', seq, to: 'nobody', description: {} });
  await client.ping();
  const { refused } = await host.health();
  assert.equal(refused['bad-field'] ?? refused['no-such-peer'], 100, JSON.stringify(refused));
  assert.ok(host.output.err.match(/warning refuse/g).length <= 3, host.output.err);
});

test('a WebSocket that says nothing is closed, unless its address has said all', async (t) => {
  const host = await startHost(t, { args: ['--first-message-seconds', '1'] });
  const mute = await Client.open(host);
  const listens = await Client.at(host, '/webrtc/signaling/r/listener');
  const speaks = await Client.open(host);
  await speaks.ping();
  assert.deepEqual(await mute.closed, {
    code: 1008,
    reason: 'this client has said nothing for too long',
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await speaks.ping();
  assert.equal(listens.socket.readyState, 1);
});

test('who joins too often waits, and who sends too many bytes is told so', async (t) => {
  const host = await startHost(t, {
    args: ['--joins-at-once', '2', '--bytes-per-second', '1000', '--byte-burst', '50000'],
  });
  const client = await Client.open(host);
  for (let seq = 1; seq <= 3; ++seq) {
    client.send({ type: 'join', room: 'r', peer: 'ada', secret: 's' });
    if (seq < 3) await client.next('joined');
    client.send({ type: 'leave' });
  }
  const { code, message } = await client.next('error');
  assert.equal(code, 'too-fast');
  assert.match(message, /^You join too often\. Try again in \d+ s\.$/);
  const other = await Client.open(host);
  other.send({ type: 'ping', padding: 'x'.repeat(40_000) });
  await other.next('pong');
  other.send({ type: 'ping', padding: 'x'.repeat(40_000) });
  assert.equal((await other.next('error')).code, 'too-fast');
});

/** What a proxy that relays bytes says before them. */
const version1 = (address) => `PROXY TCP4 ${address} 198.51.100.1 56324 443\r\n`;
const version2 = (address) =>
  Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
    Buffer.from([0x21, 0x11, 0, 12, ...address.split('.').map(Number), 198, 51, 100, 1, 1, 2, 3, 4]),
  ]);

/** Says this, cut into pieces, and then asks to join over the same connection. */
async function joinBehind(port, header, step, tls) {
  const raw = connect(port, '127.0.0.1').setNoDelay(true);
  await once(raw, 'connect');
  const bytes = Buffer.from(header);
  for (let at = 0; at < bytes.length; at += step) {
    raw.write(bytes.subarray(at, at + step));
    if (step < bytes.length) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const createConnection = () => (tls ? connectTls({ socket: raw, rejectUnauthorized: false }) : raw);
  const client = await Client.open(
    { socketUrl: `${tls ? 'wss' : 'ws'}://127.0.0.1:${port}/ws` },
    { createConnection },
  );
  client.send({ type: 'join', room: 'r', peer: 'ada', secret: 's' });
  await client.next('joined');
  return client;
}

for (const [name, header] of Object.entries({ 1: version1, 2: version2 })) {
  test(`a trusted proxy says whose a connection is by the PROXY protocol, version ${name}`, async (t) => {
    for (const step of [1, 1_000]) {
      const host = await startHost(t, { args: trusted });
      await joinBehind(host.port, header(ada), step);
      await host.logged(/join connection=1 address=203\.0\.113\.1 /);
    }
  });

  test(`the same before TLS, version ${name}`, async (t) => {
    const host = await startHost(t, {
      listen: '127.0.0.1:0s',
      args: [...trusted, ...makeCertificate(temporaryFolder(t), 'a.test')],
    });
    await joinBehind(host.port, header(ada), 1_000, true);
    await host.logged(/join connection=1 address=203\.0\.113\.1 /);
  });
}

const secureHost = (t, args) =>
  startHost(t, {
    listen: '127.0.0.1:0s',
    args: [...trusted, ...args, ...makeCertificate(temporaryFolder(t), 'a.test')],
  });

/** What a client of this address gets by TLS: a socket, or nothing where the host ends the connection at once. */
async function handshake(host, address) {
  const raw = connect(host.port, '127.0.0.1').on('error', () => {});
  raw.write(version1(address));
  const socket = connectTls({ socket: raw, rejectUnauthorized: false });
  return new Promise((resolve) => {
    socket.on('secureConnect', () => resolve(socket));
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
}

/** The same, and what /healthz counts. */
async function refusals(host, address) {
  const socket = await handshake(host, address);
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const answer = String(Buffer.concat(await socket.toArray()));
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).refused;
}

test('by TLS an address has as many connections as it may, and one more ends before its handshake', async (t) => {
  const host = await secureHost(t, ['--connections-per-address', '2']);
  const sockets = [await handshake(host, ada), await handshake(host, ada)];
  assert.ok(sockets.every(Boolean));
  assert.equal(await handshake(host, ada), undefined);
  assert.deepEqual(await refusals(host, bob), { 'connections-per-address': 1 });
  await host.logged(/warning limit limit=connections-per-address address=203\.0\.113\.1 times=1\n/);
  sockets[0].destroy();
  while (!(await handshake(host, ada)));
});

test('an address makes a burst of TLS handshakes, then so many a second, and others make theirs', async (t) => {
  const host = await secureHost(t, ['--handshakes-per-second', '1', '--handshake-burst', '3']);
  let made = 0;
  for (let i = 0; i < 20; ++i) made += (await handshake(host, ada)) ? 1 : 0;
  assert.ok(made >= 3 && made <= 6, `${made} of 20`);
  assert.deepEqual(await refusals(host, bob), { 'handshakes-per-second': 20 - made });
  await host.logged(/warning limit limit=handshakes-per-second address=203\.0\.113\.1 times=1\n/);
  while (!(await handshake(host, ada))); // within a second
});

test('what a trusted proxy says of a client outweighs what the client says', async (t) => {
  const host = await startHost(t, { args: trusted });
  const raw = connect(host.port, '127.0.0.1').setNoDelay(true);
  raw.write(version1(ada));
  const client = await Client.open(host, {
    createConnection: () => raw,
    headers: { 'X-Forwarded-For': '127.0.0.1' },
  });
  client.send({ type: 'join', room: 'r', peer: 'ada', secret: 's' });
  await host.logged(/join connection=1 address=203\.0\.113\.1 /);
});

test('a method PROXY that a trusted proxy passes on is a request like any other', async (t) => {
  const host = await startHost(t, { args: trusted });
  const raw = connect(host.port, '127.0.0.1');
  raw.write('PROXY / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(String((await once(raw, 'data'))[0]), /^HTTP\/1\.1 [45]\d\d /);
});

test('behind a proxy that takes TLS off, --redirect-https leads to the pages and not to the room manager', async (t) => {
  const host = await startHost(t, {
    listen: '127.0.0.1:0s',
    args: [
      ...trusted,
      ...['--redirect-https', '127.0.0.1:0', ...makeCertificate(temporaryFolder(t), 'a.test')],
    ],
  });
  const headers = { 'X-Forwarded-For': ada, 'X-Forwarded-Proto': 'https' };
  // One of these is Civetweb's.
  const ports = host.listeningPorts().filter((each) => each !== host.port);
  const answers = await Promise.all(
    ports.map((each) => get({ port: each }, '/healthz', { headers }).catch(() => ({ status: 0 }))),
  );
  assert.ok(
    answers.some(({ status }) => status === 200),
    JSON.stringify(answers),
  );
});

for (const [name, header] of Object.entries({ 1: version1, 2: version2 })) {
  test(`nobody else does, and the operator is told what is missing, version ${name}`, async (t) => {
    const host = await startHost(t);
    const raw = connect(host.port, '127.0.0.1');
    raw.write(header(ada));
    raw.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = String((await once(raw, 'data'))[0]);
    assert.match(answer, /^HTTP\/1\.1 400 [^]*This host does not trust this proxy/);
    await host.logged(/warning proxy-not-trusted address=127\.0\.0\.1 /);
  });
}

test('whoever has a proxy in front and does not trust it is told so, once a second', async (t) => {
  const host = await startHost(t);
  const started = Date.now();
  for (let i = 0; i < 20; ++i) assert.equal((await get(host, '/healthz', from(ada))).status, 200);
  await host.logged(
    /warning forwarded-not-trusted address=127\.0\.0\.1 detail="[^"]*--trust-proxy 127\.0\.0\.1/,
  );
  const most = 1 + Math.ceil((Date.now() - started) / 1_000);
  assert.ok(host.output.err.match(/forwarded-not-trusted/g).length <= most, host.output.err);
  assert.deepEqual((await host.health()).refused, {}, 'nobody was refused anything');

  const told = await startHost(t, { args: trusted });
  assert.equal((await get(told, '/healthz', from(ada))).status, 200);
  assert.equal((await get(told, '/healthz', { headers: { Via: '1.1 a' } })).status, 200);
  told.kill('SIGTERM');
  assert.doesNotMatch((await told.ended).err, /not-trusted/);
});

test('a trusted proxy that begins to say so and never ends is let go, and so is one that talks nonsense', async (t) => {
  const host = await startHost(t, { args: trusted });
  const letGo = async (say) => {
    const socket = connect({ port: host.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.resume().on('error', () => {});
    socket.on('end', () => socket.destroy());
    say(socket);
    await new Promise((resolve) => socket.on('close', resolve));
  };
  await letGo((socket) => socket.end('PROXY TCP4 203.0'));
  await letGo((socket) => socket.write('PROXY TCP4 nonsense\r\n'));
  await host.logged(/proxy-refused address=127\.0\.0\.1 /);
  assert.equal((await get(host, '/healthz', from(ada))).status, 200);
});

test('a trusted proxy says whether its client came by HTTPS', async (t) => {
  const host = await startHost(t, { args: trusted });
  const hsts = async (scheme) =>
    (await get(host, '/', { headers: { 'X-Forwarded-For': ada, 'X-Forwarded-Proto': scheme } })).headers[
      'strict-transport-security'
    ];
  assert.equal(await hsts('https'), 'max-age=31536000');
  assert.equal(await hsts('http'), undefined);
});
