// Requests at the front: what it collects, refuses and gives up on before Civetweb sees it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent, get as httpGet } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { startHost, temporaryFolder } from './host.mjs';
import { RawSocket, upgradeRequest } from './raw_socket.mjs';

/** Everything that is answered until the host ends the connection. */
function answered(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let all = '';
    socket.setEncoding('latin1').on('data', (data) => (all += data));
    socket.on('end', () => {
      socket.destroy();
      resolve(all);
    });
    socket.on('error', reject);
    socket.write(bytes, 'latin1');
  });
}

const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

const shapes = {
  'a length and a coding': [
    'POST / HTTP/1.1',
    'Host: a',
    'Content-Length: 4',
    'Transfer-Encoding: chunked',
    '',
    '',
  ],
  'two lengths': ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 4', 'Content-Length: 5', '', ''],
  'one length twice': ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 4', 'Content-Length: 4', '', ''],
  'a list of lengths': ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 4, 4', '', ''],
  'a signed length': ['POST / HTTP/1.1', 'Host: a', 'Content-Length: +4', '', ''],
  'space before a colon': ['POST / HTTP/1.1', 'Host: a', 'Content-Length : 4', '', ''],
  'a folded line': ['GET / HTTP/1.1', 'Host: a', 'X: a', ' b', '', ''],
  'a bare LF': ['GET / HTTP/1.1', 'Host: a\nX: b', '', ''],
  'a bare CR': ['GET / HTTP/1.1', 'Host: a\rX: b', '', ''],
  'a NUL': ['GET / HTTP/1.1', 'Host: a', 'X: a\0b', '', ''],
  'no host': ['GET / HTTP/1.1', '', ''],
  'two hosts': ['GET / HTTP/1.1', 'Host: a', 'Host: b', '', ''],
  'no version': ['GET /', 'Host: a', '', ''],
  'malformed chunks': ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', '', 'zz', ''],
};

test('what two readers could read differently is refused with 400', async (t) => {
  const host = await startHost(t);
  for (const [what, lines] of Object.entries(shapes)) {
    // What follows would be the smuggled request: it is never answered.
    const answer = await answered(host.port, `${lines.join('\r\n')}GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.equal(statusOf(answer), 400, what);
    assert.match(answer, /\r\nConnection: close\r\n[^]*[.]\n$/, what);
    assert.ok(!answer.includes('uptime'), what);
  }
});

test('other requests that go no further have their status', async (t) => {
  const host = await startHost(t);
  const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`;
  const long = 'x'.repeat(20_000);
  for (const [status, request] of [
    [505, lines('PRI * HTTP/2.0')],
    [501, lines('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked')],
    [431, lines('GET / HTTP/1.1', 'Host: a', `X: ${long}`)],
    [431, lines('GET / HTTP/1.1', 'Host: a', ...Array(70).fill('X: y'))],
    [431, `GET /${long}`],
    [413, lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 131073')],
    [413, `${lines('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}20001\r\n`],
  ])
    assert.equal(statusOf(await answered(host.port, request)), status, request.slice(0, 80));
});

test('OPTIONS * asks about the host as a whole, keeps its connection, and no other method has that target', async (t) => {
  const host = await startHost(t);
  const last = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  for (const target of ['*', 'http://a']) {
    const asked = `OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}`;
    const answer = await answered(host.port, asked.repeat(3) + last);
    const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
    assert.deepEqual(statuses, [204, 204, 204, 200], answer);
    assert.match(answer, /\r\nAllow: GET, HEAD, POST, PATCH, DELETE, OPTIONS\r\n/);
    assert.doesNotMatch(answer.slice(0, answer.indexOf('\r\n\r\n')), /Content-Length/i);
  }
  assert.equal(statusOf(await answered(host.port, 'GET * HTTP/1.1\r\nHost: a\r\n\r\n')), 400);
});

test('a head or a body that takes too long is answered with 408, and silence with nothing', async (t) => {
  const host = await startHost(t);
  const [head, body, silent] = await Promise.all([
    answered(host.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n'),
    answered(host.port, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nfive.'),
    answered(host.port, ''),
  ]);
  assert.equal(statusOf(head), 408);
  assert.equal(statusOf(body), 408);
  assert.equal(silent, '');
});

test('a body may come in chunks, byte by byte, and after "100 Continue"', async (t) => {
  const host = await startHost(t);
  const open = await fetch(`${host.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse((await open.text()).slice(1));
  const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`;
  const post = (more) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;

  const raw = new RawSocket(host.port);
  for (const byte of `${post('Transfer-Encoding: chunked\r\n')}2;x=y\r\n40\r\n0\r\n\r\n`)
    await raw.write(byte);
  assert.equal(statusOf(await raw.head()), 200);
  raw.destroy();

  const patient = new RawSocket(host.port);
  await patient.write(post('Expect: 100-continue\r\nContent-Length: 16\r\nConnection: close\r\n'));
  assert.equal(await patient.head(), 'HTTP/1.1 100 Continue\r\n\r\n');
  await patient.write('42["unheard-of"]');
  assert.equal(statusOf(await patient.head()), 200);
  patient.destroy();
});

test('a large answer that nobody reads delays nobody, however many there are', async (t) => {
  const web = temporaryFolder(t);
  writeFileSync(join(web, 'index.html'), '<!doctype html>');
  writeFileSync(join(web, 'large.js'), 'x'.repeat(20_000_000));
  const host = await startHost(t, { web });
  const before = host.memory().now;
  const readers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const raw = new RawSocket(host.port);
      raw.socket.pause();
      await raw.write('GET /large.js HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return raw;
    }),
  );
  t.after(() => readers.forEach((raw) => raw.destroy()));
  const { length } = await (await fetch(`${host.url}/large.js`)).text();
  assert.equal(length, 20_000_000);
  const grown = host.memory().now - before;
  assert.ok(host.sanitized || grown < 60_000_000, `${grown} bytes for one file of 20 MB`);
});

test('an upgrade may follow other requests on one connection', async (t) => {
  const host = await startHost(t);
  const raw = new RawSocket(host.port);
  await raw.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const { length } = /Content-Length: (?<length>\d+)/.exec(await raw.head()).groups;
  assert.match(await raw.read(Number(length)), /<title>start/);
  await raw.write(upgradeRequest);
  assert.equal(statusOf(await raw.head()), 101);
  raw.destroy();
});

test('long polls take no thread', async (t) => {
  const host = await startHost(t, { args: ['--http-workers', '2', '--max-connections', '200'] });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const ask = (path) =>
    new Promise((resolve, reject) => {
      httpGet(`${host.url}${path}`, { agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (data) => (text += data));
        response.on('end', () => resolve(text));
      }).on('error', reject);
    });
  const base = '/socket.io/?EIO=4&transport=polling';
  const polls = [];
  for (let i = 0; i < 60; ++i) {
    const { sid } = JSON.parse((await ask(base)).slice(1));
    polls.push(ask(`${base}&sid=${sid}`));
  }
  assert.equal((await host.health()).status, 'ok');
  host.kill('SIGTERM');
  assert.ok(
    (await Promise.all(polls)).every((text) => text === '1'),
    'the end of the session',
  );
  assert.equal((await host.ended).code, 0);
});

test('nobody but the front gets through to Civetweb', async (t) => {
  const host = await startHost(t);
  const inner = host.listeningPorts().filter((port) => port !== host.port);
  assert.equal(inner.length, 1);
  const answer = await answered(inner[0], 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.ok(!answer.includes('uptime'), answer);
});

test('a client is who it is, unless a trusted proxy says otherwise', async (t) => {
  const cases = [
    [[], {}, '127.0.0.1'],
    [[], { 'X-Forwarded-For': '203.0.113.7' }, 'proxied:127.0.0.1'],
    [['--trust-proxy', '127.0.0.0/8'], {}, '127.0.0.1'],
    [['--trust-proxy', '127.0.0.0/8'], { 'X-Forwarded-For': '6.6.6.6, 203.0.113.7' }, '203.0.113.7'],
  ];
  for (const [args, headers, address] of cases) {
    const host = await startHost(t, { args });
    const client = await Client.open(host, { headers });
    client.send({ type: 'join', room: 'r', peer: 'ada', secret: 's' });
    await client.next('joined');
    const [, logged] = await host.logged(/join connection=\d+ address=(\S+)/);
    assert.equal(logged, address);
  }
});

test('a connection is kept for as long as its answers say', async (t) => {
  const host = await startHost(t, { args: ['--idle-seconds', '1'] });
  const socket = connect(host.port, '127.0.0.1');
  const over = new Promise((resolve) => socket.on('close', resolve));
  const head = new Promise((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await head, /\r\nConnection: keep-alive\r\nKeep-Alive: timeout=1\r\n/);
  const since = performance.now();
  await over;
  assert.ok(performance.now() - since > 900);
});
