// Keys, and JSON Web Tokens that are signed with them: made here without the host's own code.
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './host.mjs';

const pairs = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

/** For one algorithm; `jwk` is what the host is given. */
export function makeKey(alg, kid = `${alg}-key`) {
  if (alg === 'HS256') {
    const secret = randomBytes(32);
    return { alg, kid, secret, jwk: { kty: 'oct', k: secret.toString('base64url'), alg, kid } };
  }
  const { publicKey, privateKey } = pairs[alg]();
  return { alg, kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), alg, kid } };
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const seconds = (fromNow) => Math.floor(Date.now() / 1000) + fromNow;

function signature(key, text) {
  if (key.alg === 'HS256') return createHmac('sha256', key.secret).update(text).digest('base64url');
  const digest = key.alg === 'EdDSA' ? null : 'sha256';
  const bytes = sign(digest, Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return bytes.toString('base64url');
}

/** Of an hour, unless the claims say otherwise. */
export function makeToken(key, claims = {}, header = {}) {
  const text = `${part({ alg: key.alg, kid: key.kid, ...header })}.${part({ exp: seconds(3600), ...claims })}`;
  return `${text}.${signature(key, text)}`;
}

/** A file with the public parts of these keys. */
export function keyFile(t, ...keys) {
  const file = join(temporaryFolder(t), 'keys.json');
  writeFileSync(file, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  return file;
}
