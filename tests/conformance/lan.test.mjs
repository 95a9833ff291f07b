// --lan: TLS for phones in the same network, with a certificate that the host makes and keeps.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { refusesToStart, startHost, temporaryFolder } from './host.mjs';

/** A host with --lan that keeps its certificate below this folder. */
async function lanHost(t, state, { args = [], ...options } = {}) {
  const host = await startHost(t, {
    listen: '127.0.0.1:0s',
    args: ['--lan', ...args],
    env: { XDG_STATE_HOME: state, STATE_DIRECTORY: '' },
    ...options,
  });
  const file = join(state, 'parley/lan.pem');
  return { ...host, file, certificate: new X509Certificate(readFileSync(file)) };
}

/** Whether OpenSSL's client finds the certificate right for what it is told to connect to. */
function verifies({ port, file }, ...whom) {
  const { stdout } = spawnSync(
    'openssl',
    ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', file, ...whom],
    { input: '', encoding: 'utf8' },
  );
  return /Verify return code: 0 \(ok\)/.test(stdout);
}

test('the certificate is right for each name and address of this machine, and for no other', async (t) => {
  const host = await lanHost(t, temporaryFolder(t));
  for (const name of ['localhost', hostname(), `${hostname().split('.')[0]}.local`])
    assert.ok(verifies(host, '-verify_hostname', name), name);
  // Of IPv6, those that are not temporary for sure.
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter(({ family, internal, scopeid }) => family === 'IPv4' || internal || scopeid !== 0);
  for (const { address } of addresses) assert.ok(verifies(host, '-verify_ip', address), address);
  assert.ok(!verifies(host, '-verify_hostname', 'parley.example'));
  assert.ok(!verifies(host, '-verify_ip', '198.51.100.1'));
  const days = (Date.parse(host.certificate.validTo) - Date.parse(host.certificate.validFrom)) / 86_400_000;
  assert.ok(days <= 397, `${days} days`);
  assert.equal(host.certificate.ca, false);
});

test('the link, its QR code and the fingerprint are printed', async (t) => {
  const host = await lanHost(t, temporaryFolder(t));
  assert.match(host.output.out, new RegExp(`\n  https://127\\.0\\.0\\.1:${host.port}/\n`));
  assert.match(host.output.out, /\n  █{29}\n/);
  assert.ok(host.output.out.includes(host.certificate.fingerprint256), host.output.out);
});

test('listening everywhere, it prints a link of each address and none of loopback', async (t) => {
  const host = await lanHost(t, temporaryFolder(t), { args: ['--listen', '0.0.0.0:0s'] });
  const [, port] = /listening on https:\/\/0\.0\.0\.0:(\d+)/.exec(host.output.out);
  const printed = [...host.output.out.matchAll(/\n  https:\/\/([\d.]+):(\d+)\//g)].map(([, ...of]) => of);
  assert.deepEqual(printed.at(-1), ['127.0.0.1', String(host.port)]);
  const own = Object.values(networkInterfaces())
    .flat()
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  for (const [address, at] of printed.slice(0, -1)) {
    assert.ok(own.includes(address), address);
    assert.equal(at, port);
  }
});

test('only its owner can read the key', async (t) => {
  const { file } = await lanHost(t, temporaryFolder(t));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(readFileSync(file, 'utf8'), /BEGIN PRIVATE KEY/);
});

test('it is kept from one start to the next', async (t) => {
  const state = temporaryFolder(t);
  const first = await lanHost(t, state);
  first.kill('SIGTERM');
  await first.ended;
  const second = await lanHost(t, state);
  assert.equal(second.certificate.fingerprint256, first.certificate.fingerprint256);
});

test('one that ends within 30 days, or lacks a name, or is none, is made anew', async (t) => {
  const state = temporaryFolder(t);
  const { certificate, file } = await lanHost(t, state);
  const names = certificate.subjectAltName.replaceAll('IP Address:', 'IP:').replaceAll(' ', '');
  const replaced = (days, subjectAltName) => {
    const key = join(state, 'key.pem');
    const pem = execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key],
        ...['-days', String(days), '-subj', '/CN=a', '-addext', `subjectAltName=${subjectAltName}`],
      ],
      { stdio: 'pipe' },
    );
    writeFileSync(file, Buffer.concat([readFileSync(key), pem]));
    return new X509Certificate(pem).fingerprint256;
  };
  const good = replaced(40, names);
  assert.equal((await lanHost(t, state)).certificate.fingerprint256, good);
  const ending = replaced(20, names);
  assert.notEqual((await lanHost(t, state)).certificate.fingerprint256, ending);
  const nameless = replaced(40, 'DNS:localhost');
  assert.notEqual((await lanHost(t, state)).certificate.fingerprint256, nameless);
  writeFileSync(file, 'nonsense');
  assert.ok(verifies(await lanHost(t, state), '-verify_ip', '127.0.0.1'));
});

test('no browser is told to insist on a certificate that it must make an exception for', async (t) => {
  const { port, file } = await lanHost(t, temporaryFolder(t));
  const response = await new Promise((resolve, reject) =>
    get({ host: '127.0.0.1', port, ca: readFileSync(file) }, resolve).on('error', reject),
  );
  response.resume();
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers['strict-transport-security'], undefined);
});

test('a service of systemd keeps it in its own state folder', async (t) => {
  const folder = temporaryFolder(t);
  await startHost(t, {
    listen: '127.0.0.1:0s',
    env: { PARLEY_LAN: 'true', STATE_DIRECTORY: `${folder}:/elsewhere` },
  });
  assert.ok(existsSync(join(folder, 'lan.pem')));
});

test('SIGHUP ends it, as when its terminal is closed', async (t) => {
  const host = await lanHost(t, temporaryFolder(t));
  host.kill('SIGHUP');
  assert.equal((await host.ended).code, 0);
});

test('what keeps it from that is said in one sentence, with exit code 2', async (t) => {
  const folder = temporaryFolder(t);
  const lan = ['--web', folder, '--listen', '127.0.0.1:0s', '--lan'];
  const state = (path) => ({ XDG_STATE_HOME: path, STATE_DIRECTORY: '' });
  await refusesToStart([...lan, '--tls-cert', 'a', '--tls-key', 'b'], /--lan makes a certificate of its own/);
  writeFileSync(join(folder, 'file'), '');
  await refusesToStart(lan, /Cannot keep a certificate in \S+: Not a directory/, state(join(folder, 'file')));
  mkdirSync(join(folder, 'parley/lan.pem'), { recursive: true });
  await refusesToStart(lan, /Cannot keep a certificate in \S+: Is a directory/, state(folder));
  await refusesToStart(lan, /There is no folder to keep the certificate in/, { ...state(''), HOME: '' });
});

test('whoever invites phones to loopback is told that none can come', async (t) => {
  const host = await lanHost(t, temporaryFolder(t));
  await host.logged(
    /warning lan-unreachable detail="no phone reaches 127\.0\.0\.1:\d+: .*--listen 0\.0\.0\.0:8443s"/,
  );
  const open = await lanHost(t, temporaryFolder(t), { args: ['--listen', '0.0.0.0:0s'] });
  open.kill('SIGTERM');
  assert.doesNotMatch((await open.ended).err, /lan-unreachable/);
});

test('where the port for phones is taken, the host says how to choose another', async (t) => {
  const other = createServer()
    .listen(8443, '0.0.0.0')
    .on('error', () => {}); // taken anyway is as good
  t.after(() => other.close());
  await Promise.race([once(other, 'listening'), once(other, 'error')]);
  await refusesToStart(
    ['--web', temporaryFolder(t), '--listen', '127.0.0.1:0', '--lan'],
    /Cannot listen on 0\.0\.0\.0:8443: another program listens there\. Choose another port, as in --listen 0\.0\.0\.0:8444s\./,
    { XDG_STATE_HOME: temporaryFolder(t), STATE_DIRECTORY: '' },
  );
});
