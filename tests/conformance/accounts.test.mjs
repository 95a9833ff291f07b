// Accounts: made, signed in to, kept, and what they are worth to whoever calls and is called.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { binary, refusesToStart, startHost, temporaryFolder } from './host.mjs';
import { keyFile, makeKey, makeToken, seconds } from './tokens.mjs';

const cheap = ['--password-mb', '1', '--password-passes', '1'];
const horse = 'correct horse';
const staple = 'battery staple';

async function startKeeping(
  t,
  { file = join(temporaryFolder(t), 'users.db'), args = [], env, ...rest } = {},
) {
  const host = await startHost(t, {
    args: ['--users', file, '--registration', 'open', ...cheap, ...args],
    env: env ?? { STATE_DIRECTORY: temporaryFolder(t) },
    ...rest,
  });
  return Object.assign(host, { file });
}

async function ask(host, method, path = '', { token, body, headers } = {}) {
  const response = await fetch(`${host.url}/api/v1/accounts${path}`, {
    method,
    headers: { ...headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: body && (typeof body === 'string' ? body : JSON.stringify(body)),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, ...(text ? JSON.parse(text) : {}) };
}

const enroll = (host, name, password = horse, token) =>
  ask(host, 'POST', '', { body: { name, password }, token });
const signIn = (host, name, password = horse) => ask(host, 'POST', '/session', { body: { name, password } });
const me = (host, token) => ask(host, 'GET', '/me', { token });

async function register(host, name, token) {
  const client = await Client.open(host);
  client.send({ type: 'register', name, secret: `page-${Math.random()}`, token });
  const { type, code } = await client.next('registered', 'error');
  return Object.assign(client, { told: code ?? type });
}

async function registerForeign(host, username, token) {
  const client = await Client.at(host, token ? `/?token=${token}` : '/');
  client.send({ type: 'register', username, user_id: `${username}-id` });
  const { type, message } = await client.next('registered', 'error');
  return Object.assign(client, { told: type, message });
}

const called = ({ calls }) => calls.map((call) => `${call.direction} ${call.with} ${call.outcome}`);

/** What is true in a moment. */
async function eventually(what, is) {
  for (let tries = 0; ; ++tries) {
    const got = await what();
    if (is(got)) return got;
    assert.ok(tries < 300, JSON.stringify(got));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('somebody makes an account, signs in, changes the password, signs out everywhere, and goes', async (t) => {
  const host = await startKeeping(t);
  assert.deepEqual((await ask(host, 'GET')).registration, 'open');
  const made = await enroll(host, 'Ada');
  assert.equal(made.status, 201);
  assert.equal(made.name, 'Ada');
  assert.ok(Math.abs(made.ends - seconds(30 * 86_400)) < 10);
  assert.equal(made.headers.get('cache-control'), 'no-store');
  const { name, since, calls } = await me(host, made.token);
  assert.equal(name, 'Ada');
  assert.ok(Math.abs(since - seconds(0)) < 10);
  assert.deepEqual(calls, []);

  const second = await signIn(host, 'ada');
  assert.equal(second.status, 200);
  assert.equal(second.name, 'Ada');
  const renewed = await ask(host, 'PUT', '/session', { token: second.token });
  assert.equal((await me(host, renewed.token)).status, 200);

  const wish = { password: horse, newPassword: staple };
  const changed = await ask(host, 'PUT', '/me/password', { token: made.token, body: wish });
  assert.equal(changed.status, 200);
  for (const old of [made, second, renewed]) {
    const refused = await me(host, old.token);
    assert.equal(refused.status, 401);
    assert.equal(refused.code, 'token-revoked');
    assert.match(refused.headers.get('www-authenticate'), /invalid_token/);
  }
  assert.equal((await signIn(host, 'Ada')).code, 'wrong-password');
  assert.equal((await ask(host, 'DELETE', '/session', { token: changed.token })).status, 204);
  assert.equal((await me(host, changed.token)).code, 'token-revoked');

  const last = await signIn(host, 'Ada', staple);
  const gone = await ask(host, 'DELETE', '/me', { token: last.token, body: { password: horse } });
  assert.equal(gone.code, 'wrong-password');
  assert.equal(
    (await ask(host, 'DELETE', '/me', { token: last.token, body: { password: staple } })).status,
    204,
  );
  assert.equal((await me(host, last.token)).code, 'token-revoked');
  assert.equal((await signIn(host, 'Ada', staple)).code, 'wrong-password');
  assert.equal((await enroll(host, 'ADA')).status, 201, 'the name is free');
  assert.equal((await me(host, last.token)).code, 'token-revoked', 'and its old sign-ins are not good');
});

test('each refusal says what is wrong, with its code, and changes nothing', async (t) => {
  const host = await startKeeping(t);
  const { token } = await enroll(host, 'Ada');
  const refusals = [
    [400, 'bad-field', 'POST', '', { body: '{' }],
    [400, 'bad-field', 'POST', '', { body: '[]' }],
    [400, 'bad-field', 'POST', '', { body: { name: 'Bola' } }],
    [400, 'bad-field', 'POST', '', { body: { name: 'Bola', password: 12345678 } }],
    [400, 'bad-field', 'POST', '/session', {}],
    [400, 'bad-name', 'POST', '', { body: { name: 'Bölä', password: horse } }],
    [400, 'bad-password', 'POST', '', { body: { name: 'Bola', password: 'short' } }],
    [409, 'name-taken', 'POST', '', { body: { name: 'aDa', password: horse } }],
    [401, 'wrong-password', 'POST', '/session', { body: { name: 'Ada', password: staple } }],
    [401, 'wrong-password', 'POST', '/session', { body: { name: 'Bola', password: staple } }],
    [401, 'token-required', 'GET', '/me', {}],
    [401, 'token-malformed', 'GET', '/me', { token: 'x' }],
    [401, 'token-signature', 'GET', '/me', { token: `${token.slice(0, -6)}AAAAAA` }],
    [401, 'token-required', 'PUT', '/session', {}],
    [404, 'no-such-account', 'POST', '/me/missed', { token, body: { to: 'Bola' } }],
  ];
  for (const [status, code, method, path, options] of refusals) {
    const refused = await ask(host, method, path, options);
    assert.deepEqual([refused.status, refused.code], [status, code], `${method} ${path} ${code}`);
    assert.match(refused.message, /^[A-Z].*[.]$/);
  }
  assert.equal((await me(host, token)).status, 200);
  assert.equal((await fetch(`${host.url}/api/v1/accounts/me`, { method: 'POST' })).status, 405);
  const page = { headers: { Origin: 'https://evil.example' }, body: { name: 'Eve', password: horse } };
  const response = await fetch(`${host.url}/api/v1/accounts`, {
    method: 'POST',
    headers: page.headers,
    body: JSON.stringify(page.body),
  });
  assert.equal(response.status, 403, 'another site');
});

test('which names exist is not told by whoever guesses, nor how often one may', async (t) => {
  const host = await startKeeping(t, { args: ['--guesses-per-minute', '1'] });
  await enroll(host, 'Ada');
  const guess = async (name) => {
    const { status, code, message } = await signIn(host, name, 'a guess of mine');
    return JSON.stringify([status, code, status === 429 ? '' : message]);
  };
  const answers = { Ada: [], Bola: [] };
  for (let i = 0; i < 22; ++i) {
    answers.Bola.push(await guess('Bola'));
    answers.Ada.push(await guess('Ada'));
  }
  assert.deepEqual(answers.Ada, answers.Bola);
  assert.equal(new Set(answers.Bola).size, 2);
  assert.match(answers.Bola.at(-1), /429.*too-fast/);
  const refused = await signIn(host, 'Bola');
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
});

test('nobody else goes online under the name of an account, in either dialect', async (t) => {
  const host = await startKeeping(t);
  const guest = await register(host, 'Ada');
  assert.equal(guest.told, 'registered');
  const foreign = await registerForeign(host, 'bola');
  assert.equal((await enroll(host, 'ada')).code, 'name-taken', 'nobody puts a guest out by taking the name');
  guest.send({ type: 'leave' });
  foreign.cut();
  const ada = await eventually(
    () => enroll(host, 'Ada'),
    ({ status }) => status === 201,
  );
  assert.equal((await register(host, 'ada')).told, 'name-taken');
  const refused = await registerForeign(host, 'ADA');
  assert.match(JSON.stringify(refused.message), /belongs to an account/);
  const bola = await eventually(
    () => enroll(host, 'bola'),
    ({ status }) => status === 201,
  );
  assert.equal((await register(host, 'Ada', bola.token)).told, 'token-name');
  assert.equal((await register(host, 'Ada', ada.token)).told, 'registered');
  assert.equal((await registerForeign(host, 'bola', bola.token)).told, 'registered');
  // A company's own token is no sign-in.
  assert.equal((await register(host, 'eve')).told, 'registered');
});

test('an account is told of its calls, and of those that it has missed', async (t) => {
  const host = await startKeeping(t);
  const [ada, bola] = [await enroll(host, 'Ada'), await enroll(host, 'Bola')];
  assert.equal(
    (await ask(host, 'POST', '/me/missed', { token: bola.token, body: { to: 'ada' } })).status,
    201,
  );
  const [one, other] = [await register(host, 'Ada', ada.token), await register(host, 'Bola', bola.token)];
  one.send({ type: 'call', name: 'Bola' });
  await other.next('incoming');
  one.send({ type: 'hangup', name: 'Bola' });
  await other.next('ended');
  other.send({ type: 'call', name: 'Ada' });
  await one.next('incoming');
  one.send({ type: 'reject', name: 'Bola' });
  await other.next('rejected');
  const listed = await me(host, ada.token);
  assert.deepEqual(called(listed), [
    'incoming Bola rejected',
    'outgoing Bola missed',
    'incoming Bola missed',
  ]);
  assert.ok(listed.calls.every(({ account, at }) => account && Math.abs(at - seconds(0)) < 60));
  assert.deepEqual(called(await me(host, bola.token)), [
    'outgoing Ada rejected',
    'incoming Ada missed',
    'outgoing Ada missed',
  ]);
});

test('where the password is changed, others are out in a moment, and who has a newer sign-in goes on', async (t) => {
  const host = await startKeeping(t);
  const first = await enroll(host, 'Ada');
  const here = await register(host, 'Ada', first.token);
  const body = { password: horse, newPassword: staple };
  const changed = await ask(host, 'PUT', '/me/password', { token: first.token, body });
  assert.ok((await here.next('token-ends')).seconds <= 10);
  here.send({ type: 'renew', token: changed.token });
  await here.next('renewed');
  const { status } = await ask(host, 'DELETE', '/session', { token: changed.token });
  assert.equal(status, 204);
  await here.next('token-ends');
  assert.equal((await here.closed).code, 1008);
  const again = await register(host, 'Ada', changed.token);
  assert.equal(again.told, 'token-revoked');
});

test('accounts are made by whom --registration says', async (t) => {
  const key = makeKey('ES256');
  const args = ['--registration', 'invited', '--auth', 'all', '--auth-key', keyFile(t, key)];
  const host = await startKeeping(t, { args });
  assert.equal((await ask(host, 'GET')).registration, 'invited');
  assert.equal((await enroll(host, 'Ada')).code, 'token-required');
  assert.equal((await enroll(host, 'Ada', horse, makeToken(key, { may: ['join'] }))).code, 'token-right');
  const ada = await enroll(host, 'Ada', horse, makeToken(key, { may: ['register'] }));
  assert.equal(ada.status, 201);
  assert.equal(
    (await enroll(host, 'Bola', horse, ada.token)).code,
    'token-right',
    'an account invites nobody',
  );
  assert.equal((await register(host, 'Ada', ada.token)).told, 'registered');
  assert.equal((await register(host, 'guest')).told, 'token-required');
  const company = makeToken(key, { sub: 'Ada', may: ['call'] });
  assert.equal(
    (await register(host, 'Ada', company)).told,
    'name-taken',
    'another issuer has no accounts here',
  );
  assert.equal((await ask(host, 'GET', '/me', { token: company })).code, 'token-required');

  const closed = await startKeeping(t, { args: ['--registration', 'closed'] });
  assert.equal((await enroll(closed, 'Ada')).code, 'registration-closed');
  const none = await startHost(t);
  assert.equal((await ask(none, 'GET')).registration, null);
  assert.equal((await ask(none, 'POST', '/session', { body: {} })).code, 'no-accounts');
  assert.equal((await enroll(none, 'Ada')).status, 404);
});

test('nobody signs in with a token that another key has signed, whatever it says', async (t) => {
  const key = makeKey('HS256');
  const host = await startKeeping(t, { args: ['--auth', 'rooms', '--auth-key', keyFile(t, key)] });
  const { token } = await enroll(host, 'Ada');
  const [header, claims] = token.split('.').map((part) => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url'));
    } catch {
      return null;
    }
  });
  const forged = makeToken(key, claims, header);
  assert.equal((await me(host, forged)).code, 'token-signature');
  const unnamed = makeToken(key, claims, { alg: header.alg, kid: key.kid });
  assert.equal((await me(host, unnamed)).code, 'token-required', 'a token of the company is no sign-in');
});

test('parley user makes accounts while a host runs, which knows them in a moment', async (t) => {
  const host = await startKeeping(t, { args: ['--registration', 'closed'] });
  const user = (args, input) =>
    execFileSync(binary(), ['user', ...args, '--users', host.file], { input, encoding: 'utf8' });
  const guest = await register(host, 'ADA');
  user(['add', 'Ada', ...cheap], `${horse}\n`);
  assert.equal((await guest.closed).code, 4001, 'who was called so is not any more');
  const signedIn = await signIn(host, 'Ada');
  assert.equal(signedIn.status, 200);
  const asGuest = async () => {
    const client = await register(host, 'ada');
    client.cut();
    return client.told;
  };
  await eventually(asGuest, (told) => told === 'name-taken');
  user(['reset', 'Ada', ...cheap], `${staple}\n`);
  await eventually(
    () => me(host, signedIn.token),
    ({ code }) => code === 'token-revoked',
  );
  assert.match(user(['list']), /^Ada +since/);
  user(['remove', 'Ada']);
  await eventually(asGuest, (told) => told === 'registered');
});

test('an account may do what it was made for, and its file is one whatever it is called', async (t) => {
  const cwd = temporaryFolder(t);
  const user = (...args) =>
    execFileSync(binary(), ['user', ...args, '--users', ':memory:'], {
      input: `${horse}\n`,
      encoding: 'utf8',
      cwd,
    });
  user('add', 'Mute', '--may', 'join', ...cheap);
  assert.match(user('list'), /^Mute +since .* join$/m);
  const host = await startKeeping(t, { file: join(cwd, ':memory:') });
  await enroll(host, 'Ada');
  const { token } = await signIn(host, 'Mute');
  const refused = await ask(host, 'POST', '/me/missed', { token, body: { to: 'Ada' } });
  assert.deepEqual([refused.status, refused.code], [403, 'token-right']);
});

test('two hosts may use one file: one name is given once', async (t) => {
  const one = await startKeeping(t);
  const other = await startKeeping(t, { file: one.file });
  const hosts = [one, other, one, other];
  const tries = await Promise.all(hosts.map((host) => enroll(host, 'Ada')));
  assert.equal(tries.filter(({ status }) => status === 201).length, 1, JSON.stringify(tries));
  const { token } = tries.find(({ status }) => status === 201);
  for (const host of [one, other]) {
    await eventually(
      () => me(host, token),
      ({ status }) => status === 200,
    );
  }
  await ask(other, 'DELETE', '/session', { token });
  await eventually(
    () => me(one, token),
    ({ code }) => code === 'token-revoked',
  );
});

test('what was answered is kept when the host is killed amid it', async (t) => {
  const file = join(temporaryFolder(t), 'users.db');
  const made = [];
  for (let round = 0; round < 3; ++round) {
    const host = await startKeeping(t, { file });
    let killed = false;
    const makers = Array.from({ length: 4 }, async (_, maker) => {
      for (let i = 0; !killed; ++i) {
        const name = `user-${round}-${maker}-${i}`;
        try {
          const { status } = await enroll(host, name);
          if (status === 201) made.push(name);
          if (status === 429) return;
        } catch {
          return; // It was killed.
        }
      }
    });
    await eventually(
      async () => made.length,
      (count) => count >= 8 * (round + 1),
    );
    host.kill('SIGKILL');
    killed = true;
    await Promise.all(makers);
    await host.ended;
  }
  const listed = execFileSync(binary(), ['user', 'list', '--users', file], { encoding: 'utf8' });
  for (const name of made) assert.match(listed, new RegExp(`^${name} `, 'm'));
  const host = await startKeeping(t, { file });
  assert.equal((await signIn(host, made.at(-1))).status, 200);
});

test('where the disk is full, nothing that was kept is lost, and the rest is refused in a sentence', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'users.db');
  // A limit of a file's size is what a full disk is: the write fails. The signal that comes with it is ignored.
  const full = join(folder, 'full.sh');
  writeFileSync(full, `#!/bin/sh\ntrap '' XFSZ\nulimit -f 200\nexec ${binary()} "$@"\n`, { mode: 0o755 });
  const host = await startKeeping(t, { file, program: full, args: ['--accounts-per-minute', '1000'] });
  const made = [];
  let refused;
  for (let i = 0; !refused && i < 400; ++i) {
    const answer = await enroll(host, `user-${i}`);
    if (answer.status === 201) made.push(answer);
    else if (answer.code === 'too-fast') await new Promise((resolve) => setTimeout(resolve, 100));
    else refused = answer;
  }
  assert.equal(refused?.code, 'not-kept', JSON.stringify(refused));
  assert.equal(refused.status, 503);
  assert.ok(made.length > 5);
  assert.equal((await me(host, made.at(-1).token)).status, 200, 'who was here goes on');
  host.kill('SIGTERM');
  const { err } = await host.ended;
  assert.match(err, /accounts-not-kept/);
  const next = await startKeeping(t, { file });
  for (const { name } of [made[0], made.at(-1)]) assert.equal((await signIn(next, name)).status, 200, name);
});

test('no password and no sign-in is in a log, an error, a list of processes or a file', async (t) => {
  const secret = 'planted-password-5517';
  const host = await startKeeping(t);
  const { token } = await enroll(host, 'Ada', secret);
  const answers = [
    await signIn(host, 'Ada', `${secret}x`),
    await enroll(host, 'Ada', secret),
    await ask(host, 'POST', '', { body: `{"name":"Ada","password":"${secret}"` }),
    await ask(host, 'PUT', '/me/password', { token, body: { password: `${secret}y`, newPassword: secret } }),
  ];
  await register(host, 'Ada', token);
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // It has ended.
      }
    });
  host.kill('SIGTERM');
  const { out, err } = await host.ended;
  const signature = token.split('.')[2];
  const said = [out, err, JSON.stringify(answers), ...processes, readFileSync(host.file, 'latin1')];
  for (const text of said) {
    assert.ok(!text.includes(secret));
    assert.ok(!text.includes(signature));
  }
});

test('a start says what is wrong with the file or the options', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'users.db');
  const start = (args, sentence, env = { STATE_DIRECTORY: folder }) =>
    refusesToStart(['--listen', '127.0.0.1:0', '--web', folder, '--hls', 'off', ...args], sentence, env);
  writeFileSync(file, 'something else, which is longer than what SQLite looks at first. '.repeat(4));
  await start(['--users', file], /damaged, or something else/);
  await start(['--users', join(folder, 'no', 'folder')], /cannot be opened: No such file or directory/);
  await start(['--registration', 'open'], /--registration goes with --users/);
  await start(
    ['--users', join(folder, 'u.db'), '--registration', 'invited'],
    /There is no key to check tokens with/,
  );
  await start(['--users', join(folder, 'u.db'), '--password-mb', '5000'], /at most 4095/);
});
