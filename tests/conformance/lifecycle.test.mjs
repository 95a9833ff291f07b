// How the host starts, what it says when it cannot, and how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { refusesToStart, run, startHost, temporaryFolder } from './host.mjs';
import { RawSocket, opcode } from './raw_socket.mjs';

test('a bad flag or value is said in one sentence, with exit code 2', async (t) => {
  const web = temporaryFolder(t);
  await refusesToStart(['--web', web, '--frobnicate'], /--frobnicate/);
  await refusesToStart(['--web', web, '--max-connections', 'many'], /--max-connections: write a number/);
  await refusesToStart(['--web', web, '--max-connections', '0'], /--max-connections: write a number/);
  await refusesToStart(
    ['--web', web, '--listen', 'somewhere'],
    /--listen does not understand "somewhere": write an address /,
  );
  await refusesToStart(['--web', web, '--listen', '127.0.0.1:99999'], /--listen does not understand "127/);
  await refusesToStart(
    ['--web', web, '--ice-server', 'http://example.org'],
    /--ice-server does not understand "http/,
  );
  await refusesToStart(
    ['--web', web, '--trust-proxy', 'nginx'],
    /--trust-proxy does not understand "nginx": write the proxy's address, or a range of them/,
  );
  await refusesToStart(
    ['--web', web, '--hls-allow-candidates', '10.0.0.0/99'],
    /--hls-allow-candidates does not understand "10\.0\.0\.0\/99": write an address or a range/,
  );
  await refusesToStart(['--web', web, '--log-level', 'chatty'], /--log-level: chatty not in/);
  await refusesToStart(['--web', web], /PARLEY_HEARTBEAT_SECONDS|heartbeat-seconds/, {
    PARLEY_HEARTBEAT_SECONDS: 'x',
  });
});

test('a missing web folder is said in one sentence, with exit code 2', async () => {
  await refusesToStart(['--web', '/nowhere/at/all'], /There is no web folder at \/nowhere\/at\/all/);
});

test('a port in use is said in one sentence, with exit code 2', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address();
  await refusesToStart(
    ['--web', temporaryFolder(t), '--listen', `127.0.0.1:${port}`],
    new RegExp(
      `Cannot listen on 127.0.0.1:${port}: another program listens there. Choose another port, as in --listen 127.0.0.1:\\d+\\.`,
    ),
  );
});

test('--help names every option with its default, and --version the version', async () => {
  const help = await run(['--help']).ended;
  assert.equal(help.code, 0);
  for (const option of [
    '--listen',
    '--web',
    '--max-connections',
    '--max-users',
    '--resume-seconds',
    '--outbox-bytes',
    '--log-format',
    '--hls',
    '--hls-dir',
    '--hls-workers',
    '--hls-worker-mb',
    '--trust-proxy',
    '--loops',
    '--tls-cert',
    '--lan',
    '--redirect-https',
    '--hsts-seconds',
  ])
    assert.ok(help.out.includes(option), option);
  assert.match(help.out, /1048576/);
  assert.match((await run(['--version']).ended).out, /^parley \d+\.\d+\.\d+\n$/);
});

test('docs/limits.md has every limit, with its default', async () => {
  const { out } = await run(['--help']).ended;
  const limits = [...out.slice(out.indexOf('\nLimits:')).matchAll(/^  (--\S+) NUMBER[^=\n]*=(\S+) /gm)];
  const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(--\S+)` *\| (\d+) *\|/gm)];
  const sorted = (all) => all.map(([, name, value]) => `${name} ${value}`).sort();
  assert.ok(limits.length > 40);
  assert.deepEqual(sorted(rows), sorted(limits));
});

test('whoever opens a host to others without STUN is told what that means', async (t) => {
  const open = await startHost(t, { listen: '0.0.0.0:0', args: ['--listen', '127.0.0.1:0'] });
  await open.logged(/warning no-ice-server detail="calls connect inside one network only/);
  const local = await startHost(t);
  await local.health();
  assert.doesNotMatch(local.output.err, /no-ice-server/);
});

test('options are read from the environment, and PORT is where a platform wants it', async (t) => {
  const host = await startHost(t, {
    env: { PARLEY_PEERS_PER_ROOM: '3', PARLEY_ICE_SERVER: 'stun:a.example,stun:b.example' },
  });
  const ada = await Client.join(host, 'r', 'ada');
  assert.equal(ada.joined.limits.peers, 3);
  assert.deepEqual(ada.joined.iceServers, [{ urls: ['stun:a.example'] }, { urls: ['stun:b.example'] }]);

  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const { port } = free.address();
  await new Promise((resolve) => free.close(resolve));
  const { child, ended } = run(['--web', temporaryFolder(t), '--max-connections', '4'], {
    PORT: String(port),
  });
  t.after(() => child.kill('SIGKILL'));
  const line = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
  assert.match(line, new RegExp(`listening on http://0\\.0\\.0\\.0:${port}\n`));
  child.kill('SIGTERM');
  assert.equal((await ended).code, 0);
});

test('an ice server with credentials is written as JSON', async (t) => {
  const server = { urls: ['turn:turn.example'], username: 'u', credential: 'c' };
  const host = await startHost(t, { args: ['--ice-server', JSON.stringify(server)] });
  const ada = await Client.join(host, 'r', 'ada');
  assert.deepEqual(ada.joined.iceServers, [server]);
});

test('it listens in several places', async (t) => {
  const host = await startHost(t, { args: ['--listen', '127.0.0.2:0', '--listen', 'localhost:0'] });
  const urls = [...host.output.out.matchAll(/listening on (http:\S+)/g)].map(([, url]) => url);
  assert.equal(urls.length, 3);
  assert.equal(new Set(urls).size, 3);
  for (const url of urls) assert.equal((await fetch(`${url}/healthz`)).status, 200, url);
});

test('SIGTERM closes every socket with 1001 and ends the host within 2 s', async (t) => {
  const host = await startHost(t, { args: ['--max-connections', '1000'] });
  const clients = [];
  for (let i = 0; i < 1000; i += 50)
    clients.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, (_, k) => Client.join(host, `room ${(i + k) % 100}`, `p${i + k}`)),
      )),
    );
  const started = Date.now();
  host.kill('SIGTERM');
  const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
  const { code } = await host.ended;
  const took = Date.now() - started;
  assert.deepEqual([...new Set(codes)], [1001]);
  assert.equal(code, 0);
  t.diagnostic(`1,000 sockets closed and the host gone after ${took} ms`);
  assert.ok(took < (host.sanitized ? 10_000 : 2_000), `took ${took} ms`);
});

test('SIGTERM waits for no client that does not answer, nor for an idle HTTP connection', async (t) => {
  const host = await startHost(t);
  const mute = await RawSocket.open(host);
  const idle = new RawSocket(host.port);
  await idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await idle.head();
  const silent = new RawSocket(host.port);
  await silent.write('GET ');
  const started = Date.now();
  host.kill('SIGTERM');
  assert.equal((await mute.frameOf(opcode.close)).code, 1001);
  assert.equal((await host.ended).code, 0);
  assert.ok(Date.now() - started < (host.sanitized ? 10_000 : 2_000), `took ${Date.now() - started} ms`);
});

test('a log that nobody reads delays nobody, neither while it runs nor at its end', async (t) => {
  const fifo = join(temporaryFolder(t), 'log');
  assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
  const log = openSync(fifo, constants.O_RDWR);
  t.after(() => closeSync(log));
  const host = await startHost(t, { log });
  // A pipe holds 64 KiB; each of these is some 300 bytes of log, twice.
  const name = (prefix, at) => `${prefix}${at}`.padEnd(100, '.');
  for (let at = 0; at < 400; at += 20) {
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        Client.join(host, name('room', at + i), name('peer', at + i), { secret: 'page' }),
      ),
    );
    for (const { socket } of clients) socket.close();
    await Promise.all(clients.map(({ closed }) => closed));
  }
  assert.equal((await host.health()).status, 'ok');
  const started = Date.now();
  host.kill('SIGTERM');
  assert.equal((await host.ended).code, 0);
  assert.ok(Date.now() - started < (host.sanitized ? 10_000 : 2_000), `took ${Date.now() - started} ms`);
});

test('each join, leave, resume and error is one line of the log, as text or as JSON', async (t) => {
  const text = await startHost(t);
  const ada = await Client.join(text, 'blue otter', 'ada');
  await text.logged(/ info join connection=1 address=127\.0\.0\.1 room="blue otter" peer=ada\n/);
  ada.send({ type: 'signal', seq: 1, to: 'nobody', description: {} });
  await text.logged(/ warning refuse connection=1 address=127\.0\.0\.1 .*peer=ada .*no-such-peer/);
  ada.send({ type: 'leave', seq: 2 });
  await text.logged(/ info leave connection=1 address=127\.0\.0\.1 .*peer=ada detail=left/);

  const json = await startHost(t, { args: ['--log-format', 'json'] });
  const forged = 'a","level":"error';
  await Client.join(json, forged, 'ada');
  const [line] = await json.logged(/\{.*"event":"join".*\}/);
  assert.deepEqual(
    { ...JSON.parse(line), time: undefined },
    {
      time: undefined,
      level: 'info',
      event: 'join',
      connection: 1,
      address: '127.0.0.1',
      room: forged,
      peer: 'ada',
    },
  );
});
