// Credentials for the TURN servers that have a secret with this host.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { refusesToStart, startHost, temporaryFolder } from './host.mjs';

const secret = 'planted-secret-of-coturn';
const uris = ['turn:turn.example:3478?transport=udp', 'turns:turn.example'];

function secretFile(t, text = `${secret}\n`) {
  const file = join(temporaryFolder(t), 'secret');
  writeFileSync(file, text);
  return file;
}

/** As coturn does; of the user who it is for. */
function check(server, seconds = 86_400) {
  assert.deepEqual(server.urls, uris);
  const [ends, user] = server.username.split(':');
  assert.ok(Math.abs(Number(ends) - Date.now() / 1000 - seconds) < 10, server.username);
  assert.match(user, /^[0-9a-f]{16}$/);
  assert.equal(server.credential, createHmac('sha1', secret).update(server.username).digest('base64'));
  return user;
}

test('clients have a credential for their address, which ends', async (t) => {
  const host = await startHost(t, {
    args: [
      ...['--turn', uris.join(','), '--turn-secret-file', secretFile(t)],
      ...['--ice-server', 'stun:stun.example', '--log-level', 'debug', '--hls', 'off'],
    ],
  });
  const ada = await Client.join(host, 'r', 'ada');
  const bob = await Client.join(host, 'r', 'bob');
  const [stun, turn, ...more] = ada.joined.iceServers;
  assert.deepEqual([stun, more], [{ urls: ['stun:stun.example'] }, []]);
  const eve = await Client.open(host, { localAddress: '127.0.0.2' });
  eve.send({ type: 'join', room: 'r', incarnation: 'eve-page' });
  const user = check(turn);
  assert.equal(check(bob.joined.iceServers[1]), user, 'ids cost nothing');
  assert.notEqual(check((await eve.next('joined')).iceServers[1]), user);

  ada.cut();
  const back = await Client.open(host);
  back.send({
    type: 'join',
    room: 'r',
    incarnation: 'ada-page',
    resume: { session: ada.joined.session, ack: 0 },
  });
  check((await back.next('joined')).iceServers[1]);
  assert.ok(![host.output.out, host.output.err].some((text) => text.includes(secret)), 'it is not told');
  assert.ok(!readFileSync(`/proc/${host.pid}/cmdline`, 'utf8').includes(secret), 'nor seen from outside');
});

test('whoever speaks no parley.v1 asks for them', async (t) => {
  const host = await startHost(t, {
    args: ['--turn', uris.join(','), '--turn-secret-file', secretFile(t), '--turn-seconds', '600'],
  });
  const ask = (headers = {}) => fetch(`${host.url}/api/v1/ice`, { headers });
  const response = await ask({ Origin: 'http://localhost:5173' });
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.equal(response.headers.get('access-control-allow-origin'), 'http://localhost:5173');
  const { iceServers } = await response.json();
  assert.equal(iceServers.length, 1);
  check(iceServers[0], 600);
  assert.equal((await ask({ Origin: 'https://evil.example' })).status, 403);

  const whip = await fetch(`${host.url}/whip/12345`, { method: 'OPTIONS' });
  const links = whip.headers.get('link').split(/, (?=<)/);
  assert.equal(links.length, uris.length);
  const [, uri, username, credential] =
    /^<([^>]+)>; rel="ice-server"; username="([^"]+)"; credential="([^"]+)"; credential-type="password"$/.exec(
      links[0],
    );
  assert.equal(uri, uris[0]);
  check({ urls: uris, username, credential }, 600);
});

test('who stays is sent other ones before theirs end', async (t) => {
  const host = await startHost(t, {
    args: ['--turn', uris.join(','), '--turn-secret-file', secretFile(t), '--turn-seconds', '2'],
  });
  const ada = await Client.join(host, 'r', 'ada');
  const first = ada.joined.iceServers[0].username;
  const { seq, iceServers } = await ada.next('ice-servers');
  assert.equal(seq, undefined, 'nothing that a resume would repeat');
  check(iceServers[0], 2);
  assert.notEqual(iceServers[0].username, first);
  await ada.next('ice-servers');
});

test('a host without them has no ICE servers to tell', async (t) => {
  const host = await startHost(t);
  assert.deepEqual(await (await fetch(`${host.url}/api/v1/ice`)).json(), { iceServers: [] });
});

test('what does not fit together is said at the start', async (t) => {
  const empty = secretFile(t, ' \n');
  await refusesToStart(['--turn', uris[0]], /--turn and --turn-secret-file go together/);
  await refusesToStart(['--turn-secret-file', empty], /--turn and --turn-secret-file go together/);
  await refusesToStart(
    ['--turn', uris[0], '--turn-secret-file', empty],
    /There is no secret in .*static-auth-secret/,
  );
  for (const weak of [
    'short',
    'two words of many letters',
    'two\nlines-of-many-letters',
    'ünïcode-of-many-letters',
  ])
    await refusesToStart(
      ['--turn', uris[0], '--turn-secret-file', secretFile(t, weak)],
      /The secret in .* must be one word of 16 letters/,
    );
  await refusesToStart(
    ['--turn', uris[0], '--turn-secret-file', '/nowhere'],
    /There is no secret in \/nowhere: write into it/,
  );
  for (const wrong of ['stun:stun.example', 'turn:', 'turn.example', 'turn:a"b'])
    await refusesToStart(['--turn', wrong, '--turn-secret-file', empty], /--turn does not understand/);
  await refusesToStart(
    ['--turn', uris[0], '--turn-secret-file', empty, '--turn-seconds', '0'],
    /--turn-seconds: .*write a number from 1/,
  );
});
