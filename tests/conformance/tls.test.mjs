// TLS at the front: HTTPS and WSS, certificates by name and read anew, and who is refused.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import WebSocket from 'ws';
import { makeCertificate } from './certificates.mjs';
import { Client } from './client.mjs';
import { refusesToStart, startHost, temporaryFolder } from './host.mjs';

/** The status line and headers of a GET, and the text. */
function get(port, path, options = {}) {
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...options },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (data) => (text += data));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      },
    )
      .on('error', reject)
      .end();
  });
}

/** A handshake: the name in the certificate, or the error's code. */
function handshake(port, options = {}) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    const session = new Promise((given) => socket.once('session', given));
    socket.on('secureConnect', () => {
      resolve({
        session,
        name: socket.getPeerCertificate().subject?.CN,
        protocol: socket.getProtocol(),
        alpn: socket.alpnProtocol,
        reused: socket.isSessionReused(),
        socket,
      });
    });
    socket.on('error', (error) => resolve({ error: error.code }));
  });
}

const secureHost = (t, args) => startHost(t, { listen: '127.0.0.1:0s', args });

test('pages and WebSockets come by TLS, and a browser is told to stay with it', async (t) => {
  const host = await secureHost(t, makeCertificate(temporaryFolder(t), 'a.test'));
  const page = await get(host.port, '/');
  assert.equal(page.status, 200);
  assert.match(page.text, /<title>start/);
  assert.equal(page.headers['strict-transport-security'], 'max-age=31536000');
  const wss = { socketUrl: `wss://127.0.0.1:${host.port}/ws`, options: { rejectUnauthorized: false } };
  const [ada, bob] = await Promise.all([Client.open(wss), Client.open(wss)]);
  for (const [client, peer] of [
    [ada, 'ada'],
    [bob, 'bob'],
  ]) {
    client.send({ type: 'join', room: 'r', peer, secret: peer });
    await client.next('joined');
  }
  // Longer than a TLS record.
  const sdp = `v=0\r\n${'a=x\r\n'.repeat(5_000)}`;
  ada.send({ type: 'signal', to: 'bob', description: { type: 'offer', sdp } });
  assert.equal((await bob.next('signal')).description.sdp, sdp);
});

test('several certificates are told apart by the name that is asked for', async (t) => {
  const folder = temporaryFolder(t);
  const host = await secureHost(t, [
    ...makeCertificate(folder, 'a.test'),
    ...makeCertificate(folder, 'b.test'),
  ]);
  for (const [servername, name] of [
    ['a.test', 'a.test'],
    ['b.test', 'b.test'],
    ['c.test', 'a.test'],
    ['', 'a.test'],
  ]) {
    const { name: got, socket } = await handshake(host.port, { servername });
    assert.equal(got, name, `asked for ${servername || 'none'}`);
    socket.destroy();
  }
});

test('TLS 1.2 and 1.3 are spoken, and sessions are resumed', async (t) => {
  const host = await secureHost(t, makeCertificate(temporaryFolder(t), 'a.test'));
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const versions = { minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] };
    const first = await handshake(host.port, versions);
    assert.equal(first.protocol, version);
    assert.equal(first.alpn, 'http/1.1');
    first.socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    first.socket.resume();
    const again = await handshake(host.port, { ...versions, session: await first.session });
    assert.ok(again.reused, version);
    again.socket.destroy();
  }
});

test('older TLS, and none, are refused in words', async (t) => {
  const host = await secureHost(t, makeCertificate(temporaryFolder(t), 'a.test'));
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  assert.match((await handshake(host.port, old)).error, /PROTOCOL_VERSION/);
  await host.logged(/tls-refused address=127.0.0.1 detail="unsupported protocol"/);
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // the log has one line a second for an address
  assert.equal(await (await fetch(`http://127.0.0.1:${host.port}/`)).text(), 'This port speaks HTTPS.\n');
  await host.logged(/tls-refused address=127.0.0.1 detail="HTTP without TLS"/);
});

test('certificates are read again on SIGHUP, and nobody is dropped', async (t) => {
  const folder = temporaryFolder(t);
  const host = await secureHost(t, makeCertificate(folder, 'a.test'));
  const ada = await Client.open({
    socketUrl: `wss://127.0.0.1:${host.port}/ws`,
    options: { rejectUnauthorized: false },
  });
  makeCertificate(folder, 'b.test');
  for (const kind of ['pem', 'key'])
    copyFileSync(join(folder, `b.test.${kind}`), join(folder, `a.test.${kind}`));
  host.kill('SIGHUP');
  await host.logged(/certificates-read/);
  const renewed = await handshake(host.port);
  assert.equal(renewed.name, 'b.test');
  renewed.socket.destroy();

  writeFileSync(join(folder, 'a.test.pem'), 'nonsense');
  host.kill('SIGHUP');
  await host.logged(/error certificates-kept detail="There is no certificate in PEM in /);
  const kept = await handshake(host.port);
  assert.equal(kept.name, 'b.test');
  kept.socket.destroy();
  await ada.ping();
});

test('what is wrong with a certificate is said in one sentence, with exit code 2', async (t) => {
  const folder = temporaryFolder(t);
  const [, a, , key] = makeCertificate(folder, 'a.test');
  const [, , , other] = makeCertificate(folder, 'b.test');
  const tls = ['--web', folder, '--listen', '127.0.0.1:0s'];
  await refusesToStart(tls, /A listener with TLS needs a certificate/);
  await refusesToStart([...tls, '--tls-cert', a], /Each --tls-cert has its --tls-key: there are 1 and 0/);
  await refusesToStart(
    [...tls, '--tls-cert', a, '--tls-key', other],
    /The key in \S+ is not the one of the certificate/,
  );
  await refusesToStart(
    [...tls, '--tls-cert', join(folder, 'none'), '--tls-key', key],
    /There is no readable file/,
  );
  await refusesToStart([...tls, '--tls-cert', key, '--tls-key', key], /There is no certificate in PEM/);
  await refusesToStart([...tls, '--tls-cert', a, '--tls-key', a], /There is no private key in PEM/);
  await refusesToStart(['--web', folder, '--tls-cert', a, '--tls-key', key], /nowhere to use it/);
  await refusesToStart(['--web', folder, '--redirect-https', '127.0.0.1:0'], /leads nowhere/);
});

test('plain HTTP is sent on to HTTPS where that is wanted', async (t) => {
  const host = await secureHost(t, [
    ...makeCertificate(temporaryFolder(t), 'a.test'),
    ...['--redirect-https', '127.0.0.1:0'],
  ]);
  const plain = host.listeningPorts().filter((port) => port !== host.port);
  const locations = await Promise.all(
    plain.map((port) =>
      fetch(`http://127.0.0.1:${port}/r/otter?autojoin`, { redirect: 'manual' })
        .then((response) => `${response.status} ${response.headers.get('location')}`)
        .catch(() => 'Civetweb'),
    ),
  );
  assert.deepEqual(
    locations.sort(),
    [`308 https://127.0.0.1:${host.port}/r/otter?autojoin`, 'Civetweb'].sort(),
  );
});

test('plain HTTP is sent on from several addresses, IPv6 among them, which are announced', async (t) => {
  const host = await secureHost(t, [
    ...makeCertificate(temporaryFolder(t), 'a.test'),
    ...['--redirect-https', '127.0.0.1:0', '--redirect-https', '[::1]:0'],
    ...['--manager', '127.0.0.1:0'],
  ]);
  const announced = new RegExp(
    `^parley \\S+ redirecting (http://\\S+:\\d+) to HTTPS on port ${host.port}$`,
    'gm',
  );
  const addresses = [...host.output.out.matchAll(announced)].map(([, address]) => address);
  assert.equal(addresses.length, 2, host.output.out);
  assert.match(addresses[1], /^http:\/\/\[::1\]:/);
  for (const address of addresses) {
    const response = await fetch(`${address}/people`, { redirect: 'manual' });
    assert.equal(response.status, 308);
    const name = new URL(address).hostname;
    assert.equal(response.headers.get('location'), `https://${name}:${host.port}/people`);
  }
  assert.equal((await fetch(`${host.managerUrl}/rooms`)).status, 200);
  await refusesToStart(
    ['--web', temporaryFolder(t), '--listen', '127.0.0.1:0s', '--lan', '--redirect-https', '127.0.0.1:0s'],
    /--redirect-https/,
  );
});

test('for how long a browser stays with HTTPS is said by --hsts-seconds, and 0 says nothing of it', async (t) => {
  const certificate = makeCertificate(temporaryFolder(t), 'a.test');
  for (const [seconds, expected] of [
    ['600', 'max-age=600'],
    ['0', undefined],
  ]) {
    const host = await secureHost(t, [...certificate, '--hsts-seconds', seconds]);
    assert.equal((await get(host.port, '/')).headers['strict-transport-security'], expected);
  }
  await refusesToStart(['--web', temporaryFolder(t), '--hsts-seconds', 'never'], /--hsts-seconds/);
});

test('five hundred handshakes at once are served, and a WebSocket goes on meanwhile', async (t) => {
  const host = await secureHost(t, makeCertificate(temporaryFolder(t), 'a.test'));
  const socket = new WebSocket(`wss://127.0.0.1:${host.port}/ws`, 'parley.v1', { rejectUnauthorized: false });
  const ada = new Client(socket);
  await new Promise((resolve) => socket.once('open', resolve));
  const storm = Promise.all(Array.from({ length: 500 }, () => handshake(host.port)));
  await ada.ping();
  const done = await storm;
  assert.equal(done.filter(({ name }) => name === 'a.test').length, 500);
  done.forEach(({ socket: each }) => each.destroy());
  await ada.ping();
});
