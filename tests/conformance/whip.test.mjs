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
  assert.match(refused.text, /makes no HLS/);
  const playlist = await ask(host, 'GET', `/${sim}/1.m3u8`);
  assert.equal(playlist.status, 404);
  assert.match(playlist.text, /makes no HLS/);
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
    [405, 'GET', `/whip/${sim}`],
    [405, 'PUT', `/whip/${sim}`, { headers: sdp, body: offer }],
    [405, 'DELETE', `/whip/${sim}`],
    [405, 'GET', `/whip/${sim}/session`],
    [405, 'POST', `/whip/${sim}/session`, { headers: sdp, body: offer }],
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

test('pages may publish, unless --allow-origin leaves theirs out', async (t) => {
  const open = await startHost(t);
  const asking = { Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST' };
  const preflight = await ask(open, 'OPTIONS', `/whip/${sim}`, { headers: asking });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://a.example');
  assert.equal(preflight.headers.get('access-control-allow-methods'), 'POST');
  assert.match(preflight.headers.get('access-control-allow-headers'), /Content-Type/);
  assert.equal(preflight.headers.get('accept-post'), 'application/sdp');
  const trickling = await ask(open, 'OPTIONS', `/whip/${sim}/session`, { headers: asking });
  assert.match(trickling.headers.get('access-control-allow-headers'), /If-Match/);
  assert.equal(trickling.headers.get('accept-patch'), 'application/trickle-ice-sdpfrag');

  const closed = await startHost(t, { args: ['--allow-origin', 'https://b.example'] });
  const headers = { ...sdp, Origin: 'https://a.example' };
  assert.equal((await ask(closed, 'POST', `/whip/${sim}`, { headers, body: offer })).status, 403);
});

test('the ICE servers of the host are in Link headers', async (t) => {
  const turn = '{"urls":"turn:turn.example","username":"u","credential":"p"}';
  const host = await startHost(t, { args: ['--ice-server', 'stun:stun.example', '--ice-server', turn] });
  const { headers } = await ask(host, 'OPTIONS', `/whip/${sim}`);
  assert.equal(
    headers.get('link'),
    '<stun:stun.example>; rel="ice-server", ' +
      '<turn:turn.example>; rel="ice-server"; username="u"; credential="p"; credential-type="password"',
  );
});
