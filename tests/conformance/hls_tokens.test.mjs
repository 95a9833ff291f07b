// Publishing to the real media gateway, and watching what it makes, where the host asks for tokens.
import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import { camera, gatewayTest as test, sdp, segments, sim, startGateway, until } from './hls_host.mjs';
import { keyFile, makeKey, makeToken } from './tokens.mjs';
import { temporaryFolder } from './host.mjs';

const key = makeKey('EdDSA');
const publishing = (claims) => makeToken(key, { may: ['publish'], sim, ...claims });
const watching = (claims) => makeToken(key, { may: ['watch'], sim, ...claims });

const startGuarded = (t, auth) =>
  startGateway(t, {
    args: ['--auth', auth, '--auth-key', keyFile(t, key)],
    env: { STATE_DIRECTORY: temporaryFolder(t) },
  });

const post = (host, body, token, number = sim) =>
  fetch(`${host.url}/whip/${number}`, {
    method: 'POST',
    headers: { ...sdp, connection: 'close', ...(token && { Authorization: `Bearer ${token}` }) },
    body,
  });

/** The playlist behind the signed path that a token leads to. */
const playlistFor = (host, token) =>
  until(async () => {
    const response = await fetch(`${host.url}/${sim}/1.m3u8?token=${token}`);
    const text = await response.text();
    return response.ok && segments(text).length >= 2 && { url: response.url, text };
  }, 'a playlist with two segments');

test('whoever may publish does so by WHIP, and whoever may watch gets playlist and segments', async (t) => {
  const host = await startGuarded(t, 'all');
  const source = await camera(t);
  const codeOf = async (response) => [response.status, (await response.json()).code];
  assert.deepEqual(await codeOf(await post(host, source.offer.sdp)), [401, 'token-required']);
  assert.deepEqual(await codeOf(await post(host, source.offer.sdp, watching())), [403, 'token-right']);
  assert.deepEqual(await codeOf(await post(host, source.offer.sdp, publishing({ sim: '12345' }))), [
    403,
    'token-room',
  ]);
  const published = await post(host, source.offer.sdp, publishing());
  assert.equal(published.status, 201);
  source.answer(await published.text());

  const { url, text } = await playlistFor(host, watching());
  assert.match(url, new RegExp(`/hls/[^/]+/${sim}/1\\.m3u8$`));
  const segment = await fetch(new URL(segments(text)[0], url));
  assert.equal(segment.status, 200);
  assert.ok((await segment.arrayBuffer()).byteLength > 10_000);
  const direct = await fetch(`${host.url}/${sim}/${segments(text)[0]}`);
  assert.equal(direct.status, 401, 'not without a token');
  assert.equal((await fetch(`${host.url}/${sim}/1.m3u8`)).status, 401);

  // The address of a session is a secret of its own: who knows it may end the session without a token.
  const session = new URL(published.headers.get('location'), host.url);
  assert.equal((await fetch(session, { method: 'DELETE' })).status, 200);
});

for (const auth of ['all', 'rooms']) {
  test(`whoever publishes by the dialect sim needs a token with --auth ${auth}`, async (t) => {
    const host = await startGuarded(t, auth);
    const source = await camera(t);
    const refused = await Client.at(host, `/${sim}`);
    refused.send({ type: 'offer', sdp: source.offer, simNumber: sim });
    assert.match((await refused.next('error')).message, /asks for a token/);
    const client = await Client.at(host, `/${sim}?token=${publishing()}`);
    client.send({ type: 'offer', sdp: source.offer, simNumber: sim });
    await client.next('joined');
    source.answer((await client.next('answer')).sdp.sdp);
    if (auth === 'all') {
      await playlistFor(host, watching());
    } else {
      const seen = await until(async () => {
        const response = await fetch(`${host.url}/${sim}/1.m3u8`);
        return response.ok && (await response.text());
      }, 'a playlist');
      assert.match(seen, /#EXTM3U/, 'a room that is not private is watched by all');
    }
  });
}

test('a stream ends with the token that it is published by', async (t) => {
  const host = await startGuarded(t, 'all');
  const source = await camera(t);
  const published = await post(
    host,
    source.offer.sdp,
    publishing({ exp: Math.floor(Date.now() / 1000) + 8 }),
  );
  assert.equal(published.status, 201);
  source.answer(await published.text());
  const { url } = await playlistFor(host, watching());
  await until(
    async () => (await (await fetch(url)).text()).includes('#EXT-X-ENDLIST'),
    'the end of the stream',
  );
});
