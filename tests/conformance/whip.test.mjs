// WHIP (RFC 9725) as far as it goes without media: addresses, methods, types, and what each wrong use is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHost } from './host.mjs';
import { RawSocket } from './raw_socket.mjs';

const sim = '923244219594';
const offer =
  'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n';
const sdp = { 'Content-Type': 'application/sdp' };

async function ask(host, method, path, { headers, body } = {}) {
  const response = await fetch(host.url + path, { method, headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('a host without a media gateway says that it makes no HLS', async (t) => {
  const host = await startHost(t);
  const refused = await ask(host, 'POST', `/whip/${sim}`, { headers: sdp, body: offer });
  assert.equal(refused.status, 501);
  assert.match(refused.text, /does not offer live streaming/);
  const playlist = await ask(host, 'GET', `/${sim}/1.m3u8`);
  assert.equal(playlist.status, 404);
  assert.match(playlist.text, /does not offer live streaming/);
  assert.equal(playlist.headers.get('access-control-allow-origin'), '*');
  assert.deepEqual([(await host.health()).hls, (await host.health()).streams], ['off', 0]);
});

test('every wrong use is answered with its status and a sentence', async (t) => {
  const host = await startHost(t);
  const wrong = [
    [404, 'POST', '/whip/1234', { headers: sdp, body: offer }],
    [404, 'POST', '/whip/12345x', { headers: sdp, body: offer }],
    [404, 'POST', '/whip/', { headers: sdp, body: offer }],
    [415, 'POST', `/whip/${sim}`, { headers: { 'Content-Type': 'application/json' }, body: offer }],
    [415, 'POST', `/whip/${sim}`, { body: offer }],
    [400, 'POST', `/whip/${sim}`, { headers: sdp, body: '' }],
    [400, 'POST', `/whip/${sim}`, { headers: sdp, body: 'v=0\r\n' }],
    [400, 'POST', `/whip/${sim}`, { headers: sdp, body: `${offer}\0` }],
    [413, 'POST', `/whip/${sim}`, { headers: sdp, body: offer.padEnd(65_537, '\n') }],
    [413, 'POST', `/whip/${sim}`, { headers: sdp, body: offer.padEnd(300_000, '\n') }],
    [405, 'PUT', `/whip/${sim}`, { headers: sdp, body: offer }],
    [405, 'DELETE', `/whip/${sim}`],
    [405, 'POST', `/whip/${sim}/session`, { headers: sdp, body: offer }],
    [404, 'GET', `/whip/${sim}/session`],
    [404, 'DELETE', `/whip/${sim}/session`],
    [404, 'PATCH', `/whip/${sim}/session`, { body: '' }],
  ];
  for (const [status, method, path, what] of wrong) {
    const answer = await ask(host, method, path, what);
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.match(answer.text, /^[A-Z].*\.\n$/, `${method} ${path}`);
    if (status === 405) assert.match(answer.headers.get('allow'), /OPTIONS/);
  }
  assert.equal((await host.health()).connections, 0);
});

test('an offer of unknown length is answered with 411', async (t) => {
  const host = await startHost(t);
  const socket = new RawSocket(host.port);
  socket.write(`POST /whip/${sim} HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n\r\n`);
  assert.match(await socket.head(), /^HTTP\/1\.1 411 Length Required/);
});

test('an endpoint shows nothing to who looks at it, and says what it takes', async (t) => {
  const host = await startHost(t);
  for (const method of ['GET', 'HEAD']) {
    const { status, text } = await ask(host, method, `/whip/${sim}`);
    assert.deepEqual([status, text], [204, ''], method);
  }
  const { status, text, headers } = await ask(host, 'OPTIONS', `/whip/${sim}`);
  assert.deepEqual([status, text], [200, '']);
  assert.equal(headers.get('accept-post'), 'application/sdp');
  assert.equal(headers.get('allow'), 'GET, HEAD, POST, OPTIONS');
});

test('parameters of a media type and a bearer token change nothing', async (t) => {
  const host = await startHost(t);
  const headers = { 'Content-Type': 'Application/SDP; charset=utf-8', Authorization: 'Bearer secret' };
  const refused = await ask(host, 'POST', `/whip/${sim}`, { headers, body: offer });
  assert.equal(refused.status, 501, refused.text);
});

test('who waits to be told to send the offer is told', async (t) => {
  const host = await startHost(t);
  const socket = new RawSocket(host.port);
  socket.write(
    `POST /whip/${sim} HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n` +
      `Expect: 100-continue\r\nContent-Length: ${offer.length}\r\n\r\n`,
  );
  assert.match(await socket.head(), /^HTTP\/1\.1 100 Continue/);
  socket.write(offer);
  assert.match(await socket.head(), /^HTTP\/1\.1 501 /);
});

test('pages of other sites may publish where --allow-origin has theirs', async (t) => {
  const open = await startHost(t, { args: ['--allow-origin', 'https://a.example'] });
  const preflight = async (path, method) => {
    const headers = { Origin: 'https://a.example', 'Access-Control-Request-Method': method };
    const { status, headers: allowed } = await ask(open, 'OPTIONS', path, { headers });
    assert.equal(status, 200);
    assert.equal(allowed.get('access-control-allow-origin'), 'https://a.example');
    assert.match(allowed.get('access-control-allow-methods'), new RegExp(`\\b${method}\\b`));
    assert.equal(allowed.get('access-control-allow-headers'), 'Authorization, Content-Type, If-Match');
    return allowed;
  };
  // Some clients look for ICE servers with OPTIONS, which a browser asks leave for.
  for (const method of ['POST', 'OPTIONS']) await preflight(`/whip/${sim}`, method);
  for (const method of ['PATCH', 'DELETE', 'OPTIONS']) {
    const allowed = await preflight(`/whip/${sim}/session`, method);
    assert.equal(allowed.get('accept-patch'), 'application/trickle-ice-sdpfrag');
  }
  const headersOf = { ...sdp, Origin: 'https://a.example' };
  const refused = await ask(open, 'POST', `/whip/${sim}`, { headers: headersOf, body: offer });
  assert.equal(refused.headers.get('access-control-allow-origin'), 'https://a.example');
  for (const name of ['Location', 'ETag', 'Link'])
    assert.match(refused.headers.get('access-control-expose-headers'), new RegExp(`\\b${name}\\b`));

  const headers = { ...sdp, Origin: 'https://b.example' };
  assert.equal((await ask(open, 'POST', `/whip/${sim}`, { headers, body: offer })).status, 403);
});

test('the ICE servers of the host are in Link headers, but not of a preflight', async (t) => {
  const turn = '{"urls":"turn:turn.example","username":"u","credential":"p"}';
  const host = await startHost(t, { args: ['--ice-server', 'stun:stun.example', '--ice-server', turn] });
  const preflight = { Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST' };
  const preflighted = await ask(host, 'OPTIONS', `/whip/${sim}`, { headers: preflight });
  assert.equal(preflighted.headers.get('link'), null);
  const { headers } = await ask(host, 'OPTIONS', `/whip/${sim}`);
  assert.equal(
    headers.get('link'),
    '<stun:stun.example>; rel="ice-server", ' +
      '<turn:turn.example>; rel="ice-server"; username="u"; credential="p"; credential-type="password"',
  );
});
