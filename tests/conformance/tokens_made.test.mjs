// `parley key` and `parley token`, checked with another implementation of the algorithms: Node's.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, verify } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, run, temporaryFolder } from './host.mjs';

const algorithms = ['HS256', 'RS256', 'ES256', 'EdDSA'];
const secrets = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi'];

/** The binary, with a state folder for this test alone. */
function parley(t) {
  const state = temporaryFolder(t);
  const env = { XDG_STATE_HOME: state, STATE_DIRECTORY: '' };
  const file = join(state, 'parley/keys.json');
  const start = (...args) => run(args, env).ended;
  return {
    file,
    keys: () => JSON.parse(readFileSync(file, 'utf8')).keys,
    start,
    /** What it prints, where all goes well. */
    says: async (...args) => {
      const { code, out, err } = await start(...args);
      assert.deepEqual({ code, err }, { code: 0, err: '' });
      return out;
    },
    /** It says in one sentence what is wrong, and nothing else. */
    refuses: async (args, sentence, more = {}) => {
      const { code, out, err } = await run(args, { ...env, ...more }).ended;
      assert.deepEqual({ code, out }, { code: 2, out: '' }, err);
      assert.match(err, sentence);
      assert.equal(err.trim().split('\n').length, 1, err);
    },
  };
}

function parts(token) {
  const [header, payload, signature] = token.trim().split('.');
  const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return {
    header: read(header),
    payload: read(payload),
    text: Buffer.from(`${header}.${payload}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Whether Node finds a token signed with this JSON Web Key. */
function isSigned(token, jwk) {
  const { header, text, signature } = parts(token);
  assert.deepEqual(header, { alg: jwk.alg, typ: 'JWT', kid: jwk.kid });
  if (jwk.alg === 'HS256') {
    const secret = Buffer.from(jwk.k, 'base64url');
    return createHmac('sha256', secret).update(text).digest().equals(signature);
  }
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify(jwk.alg === 'EdDSA' ? null : 'sha256', text, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

test('tokens of all four algorithms are right by another implementation', async (t) => {
  const { says, start, keys } = parley(t);
  for (const algorithm of algorithms) {
    await says('key', '--alg', algorithm);
    const token = await says('token', '--room', 'team-*', '--name', 'Ada', '--may', 'join,moderate');
    const { out, err } = await start('key', '--public');
    assert.equal(/HS256/.test(err), true, 'the first key of all is left out in words');
    const shown = algorithm === 'HS256' ? keys() : JSON.parse(out).keys;
    assert.equal(shown[0].alg, algorithm);
    assert.ok(isSigned(token, shown[0]), algorithm);
    const forged = token.replace(/\.([^.]*)\./, (_, claims) => `.${claims.slice(0, -2)}AA.`);
    assert.throws(() => assert.ok(isSigned(forged, shown[0])));
    const { iat, exp, ...payload } = parts(token).payload;
    assert.deepEqual(payload, { room: 'team-*', name: 'Ada', may: ['join', 'moderate'] });
    assert.equal(exp - iat, 3_600);
    assert.ok(Math.abs(iat - Date.now() / 1_000) < 60, String(iat));
  }
});

test('keys that were there before go on signing', async (t) => {
  const { says, keys } = parley(t);
  await says('key');
  await says('key', '--alg', 'ES256');
  const [newer, older] = keys();
  assert.ok(isSigned(await says('token'), newer));
  assert.ok(isSigned(await says('token', '--kid', older.kid), older));
  assert.equal(await says('key', '--list'), `${newer.kid} ES256\n${older.kid} EdDSA\n`);
  await says('key', '--remove', newer.kid);
  assert.deepEqual(keys(), [older]);
});

test('secrets are in a file of its owner alone, and are never printed', async (t) => {
  const { says, start, file, keys } = parley(t);
  let printed = '';
  for (const algorithm of algorithms) {
    printed += await says('key', '--alg', algorithm);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }
  assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
  for (const args of [
    ['key', '--public'],
    ['key', '--list'],
    ['key', '--remove', keys()[0].kid],
    ['token'],
  ]) {
    const { out, err } = await start(...args);
    printed += out + err;
  }
  for (const key of keys())
    for (const name of secrets) assert.ok(!key[name] || !printed.includes(key[name]), `${key.alg} ${name}`);
});

test('a file that others could read is for its owner alone from the next key on', async (t) => {
  const { says, file } = parley(t);
  await says('key');
  chmodSync(file, 0o644);
  await says('key');
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('processes that make keys at once lose none', async (t) => {
  const { says, keys } = parley(t);
  const made = await Promise.all(Array.from({ length: 12 }, () => says('key')));
  const kids = made.map((line) => /key ([0-9a-f]{16}) /.exec(line)[1]);
  assert.deepEqual(
    keys()
      .map(({ kid }) => kid)
      .sort(),
    kids.sort(),
  );
});

test('the token alone is printed', async (t) => {
  const { says } = parley(t);
  await says('key');
  assert.match(await says('token'), /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
});

test('both are told of by --help, each with an example', async (t) => {
  const { says } = parley(t);
  assert.match(await says('--help'), /\nCommands:\n {2}parley key .*\n {2}parley token /);
  for (const command of ['key', 'token'])
    assert.match(await says(command, '--help'), new RegExp(`\\nExamples:\\n {2}parley ${command} `));
});

test('what is wrong is said in one sentence, with exit code 2', async (t) => {
  const { refuses, says, file } = parley(t);
  await refuses(['token'], /^parley token: There is no key yet: `parley key` makes one\.$/m);
  await refuses(['key', '--public'], /^parley key: There is no key yet: `parley key` makes one\.$/m);
  await refuses(['key'], /set HOME or XDG_STATE_HOME/, { XDG_STATE_HOME: '', HOME: '' });
  await says('key');
  await refuses(['key', '--alg', 'none'], /--alg/);
  await refuses(['key', 'token'], /not expected: token\. See parley key --help/);
  await refuses(['key', '--remove', 'another'], /has no key another/);
  await refuses(['token', '--may', 'join,fly'], /does not know the right "fly"/);
  await refuses(['token', '--room', 'a'.repeat(129)], /a pattern of 129 bytes/);
  await refuses(['token', '--ttl', '90'], /--ttl does not understand "90"/);
  await refuses(['token', '--ttl', '3651d'], /--ttl does not understand "3651d"/);
  await refuses(['token', '--kid', 'another'], /no key another that can sign/);
  await refuses(['token', '--key-file', join(file, '../none')], /`parley key --file \S+none` makes one/);
  writeFileSync(file, 'not a key');
  await refuses(['key'], /keys\.json is no JSON Web Key Set, and stays as it is/);
  assert.equal(readFileSync(file, 'utf8'), 'not a key');
  await refuses(['token'], /neither a key in PEM nor a JSON Web Key/);
});

test('a token that could not be written out is a failure', async (t) => {
  const { says, file } = parley(t);
  await says('key');
  const { code } = await run(['-c', '"$0" token --key-file "$1" >/dev/full', binary(), file], {}, 'sh').ended;
  assert.equal(code, 1);
});
