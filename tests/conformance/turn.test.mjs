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

test('every client has a credential of its own, which ends', async (t) => {
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
  assert.notEqual(check(turn), check(bob.joined.iceServers[1]));

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
