// Links that let people into one room: made and withdrawn by whoever may moderate there.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { startHost, temporaryFolder } from './host.mjs';
import { keyFile, makeKey, makeToken, seconds } from './tokens.mjs';

const key = makeKey('EdDSA');
const room = 'team *\\ ä';
const path = `/api/v1/rooms/${encodeURIComponent(room)}/invitations`;
const moderator = { may: ['join', 'moderate'], room: 'team *' };

/** A key that can sign. */
function privateFile(t) {
  const file = join(temporaryFolder(t), 'key.json');
  writeFileSync(
    file,
    JSON.stringify({ ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, alg: key.alg }),
  );
  return file;
}

const startInviting = (t, { args = [], env = { STATE_DIRECTORY: temporaryFolder(t) } } = {}) =>
  startHost(t, { args: ['--auth', 'all', '--auth-key', privateFile(t), ...args], env });

async function ask(host, method, token, body, headers = {}) {
  const response = await fetch(host.url + path, {
    method,
    headers: { ...headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    ...(text.startsWith('{') ? JSON.parse(text) : { text }),
  };
}

async function enter(host, token, where = room) {
  const client = await Client.open(host);
  client.send({ type: 'join', room: where, secret: `page-${Math.random()}`, token });
  const { type, code } = await client.next('joined', 'error');
  client.cut();
  return code ?? type;
}

test('an invitation lets whoever has it into that one room, until it is withdrawn', async (t) => {
  const env = { STATE_DIRECTORY: temporaryFolder(t) };
  const host = await startInviting(t, { env });
  const made = await ask(host, 'POST', makeToken(key, moderator));
  assert.equal(made.status, 201);
  assert.equal(made.path, `/r/${encodeURIComponent(room).replace('*', '%2A')}#token=${made.token}`);
  assert.ok(Math.abs(made.ends - seconds(24 * 3600)) < 10);
  assert.equal(await enter(host, made.token), 'joined');
  for (const other of ['team x', 'team *\\ äx', 'team'])
    assert.equal(await enter(host, made.token, other), 'token-room', other);
  assert.equal((await ask(host, 'POST', made.token)).status, 403, 'it lets nobody invite others');

  const longer = await ask(host, 'POST', makeToken(key, moderator), {
    may: ['join', 'moderate'],
    seconds: 60,
  });
  assert.ok(Math.abs(longer.ends - seconds(60)) < 10);
  assert.equal((await ask(host, 'POST', longer.token, { seconds: 60 })).status, 201, 'a moderator may');

  assert.equal((await ask(host, 'DELETE', makeToken(key, moderator))).status, 204);
  for (const token of [made.token, longer.token]) assert.equal(await enter(host, token), 'token-revoked');
  const again = await ask(host, 'POST', makeToken(key, moderator));
  assert.equal(await enter(host, again.token), 'joined');

  host.kill('SIGTERM');
  const { err, out } = await host.ended;
  const next = await startInviting(t, { env });
  assert.equal(await enter(next, made.token), 'token-revoked', 'it stays withdrawn');
  assert.equal(await enter(next, again.token), 'joined');
  for (const each of [made, again])
    assert.ok(!(out + err).includes(each.token.split('.')[2]), 'not in the log');
});

test('nobody invites who may not, nor to more than they may', async (t) => {
  const host = await startInviting(t);
  const status = async (claims, body) =>
    (await ask(host, 'POST', claims && makeToken(key, claims), body)).status;
  assert.equal(await status(undefined), 401);
  assert.equal(await status({ may: ['join'] }), 403);
  assert.equal(await status({ may: ['moderate'], room: 'another' }), 403);
  assert.equal(await status({ may: ['moderate'] }), 403, 'a right that is not its own');
  assert.equal(await status({ may: ['moderate'] }, { may: ['moderate'] }), 201);
  assert.equal(await status({ may: ['admin'] }), 201);
  for (const body of [
    { may: [] },
    { may: ['admin'] },
    { may: ['publish'] },
    { may: 'join' },
    { seconds: 0 },
    { seconds: 1.5 },
    { seconds: 30 * 86_400 + 1 },
    { seconds: '60' },
    [],
  ])
    assert.equal(await status(moderator, body), 400, JSON.stringify(body));
  assert.equal((await ask(host, 'DELETE', makeToken(key, { may: ['join'] }))).status, 403);
});

test('pages of this site may ask, and those of others may not', async (t) => {
  const host = await startInviting(t);
  const page = { Origin: 'http://localhost:5173' };
  const preflight = await ask(host, 'OPTIONS', undefined, undefined, page);
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get('access-control-allow-headers'), /Authorization/);
  const made = await ask(host, 'POST', makeToken(key, moderator), undefined, page);
  assert.equal(made.headers.get('access-control-allow-origin'), page.Origin);
  const elsewhere = { Origin: 'https://evil.example' };
  assert.equal((await ask(host, 'POST', makeToken(key, moderator), undefined, elsewhere)).status, 403);
});

test('a host that cannot sign, or asks for no tokens, says so', async (t) => {
  const checking = await startHost(t, { args: ['--auth', 'all', '--auth-key', keyFile(t, key)] });
  const unsigned = await ask(checking, 'POST', makeToken(key, moderator));
  assert.deepEqual([unsigned.status, unsigned.code], [409, 'no-signing-key']);
  const open = await startHost(t);
  const none = await ask(open, 'POST', makeToken(key, moderator));
  assert.deepEqual([none.status, none.code], [409, 'no-auth']);
});

test('what was withdrawn is not forgotten where it cannot be written down', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'in-the-way'), '');
  const host = await startInviting(t, { env: { STATE_DIRECTORY: join(folder, 'in-the-way') } });
  const made = await ask(host, 'POST', makeToken(key, moderator));
  const refused = await ask(host, 'DELETE', makeToken(key, moderator));
  assert.deepEqual([refused.status, refused.code], [503, 'not-kept']);
  assert.equal(await enter(host, made.token), 'joined', 'and nothing has changed');
});
