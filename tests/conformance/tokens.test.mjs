// Who is let in by which token, and by which way; and that a refusal says nothing to whoever is refused.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import WebSocket from 'ws';
import { Client } from './client.mjs';
import { refusesToStart, startHost, temporaryFolder } from './host.mjs';
import { SocketIoClient } from './socket_io_client.mjs';
import { keyFile, makeKey, makeToken, seconds } from './tokens.mjs';

const key = makeKey('EdDSA');
const stranger = makeKey('EdDSA', key.kid);
const room = 'planted-room';
const sim = '923244219594';
const everything = { may: ['join', 'publish', 'watch', 'call'] };
const ours = { iss: 'us', aud: 'here' };
const good = (claims = {}) => makeToken(key, { ...everything, ...claims });

const startGuarded = (t, args = [], keys = [key]) =>
  startHost(t, { args: ['--auth', 'all', '--auth-key', keyFile(t, ...keys), ...args] });

const at = async (host, path, token, ...hello) => {
  const client = await Client.at(
    host,
    path + (token ? `${path.includes('?') ? '&' : '?'}token=${token}` : ''),
  );
  hello.forEach((message) => client.send(message));
  return client;
};

/** Every way in: how a client comes with a token, or without one, and what it hears when it is let in. */
const ways = {
  'parley.v1, in join': {
    async enter(host, token) {
      const client = await Client.open(host);
      client.send({ type: 'join', room, peer: 'eve', secret: 'eve-page', token });
      return client;
    },
    welcome: 'joined',
  },
  'parley.v1, in the address': {
    async enter(host, token) {
      const client = await Client.open({
        ...host,
        socketUrl: host.socketUrl + (token ? `?token=${token}` : ''),
      });
      client.send({ type: 'join', room, peer: 'eve', secret: 'eve-page' });
      return client;
    },
    welcome: 'joined',
  },
  'parley.v1, in a header': {
    async enter(host, token) {
      const client = await Client.open(host, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
      client.send({ type: 'join', room, peer: 'eve', secret: 'eve-page' });
      return client;
    },
    welcome: 'joined',
  },
  'parley.v1, in register': {
    async enter(host, token) {
      const client = await Client.open(host);
      client.send({ type: 'register', name: 'eve', secret: 'eve-page', token });
      return client;
    },
    welcome: 'registered',
    anyRoom: true,
  },
  'serverpod, in join': {
    enter: (host, token) =>
      at(host, '/webrtc', null, { action: 'join', roomId: room, sessionId: 'eve', token }),
    welcome: 'peers_list',
  },
  'serverpod, in the address': {
    enter: (host, token) => at(host, '/webrtc', token, { action: 'join', roomId: room, sessionId: 'eve' }),
    welcome: 'peers_list',
  },
  'fastapi, in the address': {
    enter: (host, token) => at(host, `/webrtc/signaling/${room}/eve`, token),
    welcome: 'existing_peers',
  },
  'calls, in register': {
    enter: (host, token) =>
      at(host, `/?room=${room}`, null, { type: 'register', username: 'eve', user_id: 'e', token }),
    welcome: 'registered',
  },
  'calls, in the address': {
    enter: (host, token) =>
      at(host, `/?room=${room}`, token, { type: 'register', username: 'eve', user_id: 'e' }),
    welcome: 'registered',
  },
  'sim, in join': {
    enter: (host, token) => at(host, `/${sim}`, null, { type: 'join', simNumber: sim, token }),
    welcome: 'joined',
    claim: 'sim',
    right: 'publish',
  },
  'sim, in the address': {
    enter: (host, token) => at(host, `/${sim}`, token, { type: 'join', simNumber: sim }),
    welcome: 'joined',
    claim: 'sim',
    right: 'publish',
  },
  'socketio, in auth': {
    async enter(host, token) {
      const client = await SocketIoClient.open(host, { auth: { token } });
      client.send({ type: 'join_room', room, user_id: 'eve' });
      return client;
    },
    welcome: 'room_joined',
  },
  'socketio, in the query': {
    async enter(host, token) {
      const client = await SocketIoClient.open(host, { query: token ? { token } : {} });
      client.send({ type: 'join_room', room, user_id: 'eve' });
      return client;
    },
    welcome: 'room_joined',
  },
  'socketio, in a header': {
    async enter(host, token) {
      const extraHeaders = token ? { Authorization: `Bearer ${token}` } : {};
      const client = await SocketIoClient.open(host, { extraHeaders });
      client.send({ type: 'join_room', room, user_id: 'eve' });
      return client;
    },
    welcome: 'room_joined',
  },
  'socketio, in join_room': {
    async enter(host, token) {
      const client = await SocketIoClient.open(host);
      client.send({ type: 'join_room', room, user_id: 'eve', token });
      return client;
    },
    welcome: 'room_joined',
  },
};

const unsigned = () => {
  const [, payload] = good().split('.');
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
};

/** Every reason to refuse, and a token for it. */
const reasons = {
  'token-required': () => undefined,
  'token-malformed': () => 'no-token',
  'token-algorithm': unsigned,
  'token-critical': () => makeToken(key, everything, { crit: ['exp'] }),
  'token-signature': () => makeToken(stranger, everything),
  'token-claims': () => good({ exp: 'tomorrow' }),
  'token-expired': () => good({ ...ours, exp: seconds(-1) }),
  'token-not-yet-valid': () => good({ ...ours, nbf: seconds(3600) }),
  'token-issuer': () => good({ ...ours, iss: 'somebody' }),
  'token-audience': () => good({ ...ours, aud: 'somebody' }),
  'token-right': () => good({ ...ours, may: ['moderate'] }),
  'token-room': ({ claim = 'room' }) => good({ ...ours, [claim]: ['another', '1*'] }),
};

for (const [name, way] of Object.entries(ways))
  test(`${name}: each reason to refuse, and the way in`, async (t) => {
    const host = await startGuarded(t, ['--auth-issuer', 'us', '--auth-audience', 'here']);
    const member = await Client.join(host, room, 'planted-member', { token: good(ours) });
    await member.ping();
    const before = member.all.length;
    for (const [code, token] of Object.entries(reasons)) {
      if (code === 'token-room' && way.anyRoom) continue;
      const client = await way.enter(host, token(way));
      const error = await client.next('error', way.welcome);
      assert.equal(error.code, code, `${name}: ${JSON.stringify(error)}`);
      assert.doesNotMatch(JSON.stringify(client.all), /planted/, 'it names neither rooms nor members');
      client.cut();
    }
    await member.ping();
    assert.equal(member.all.length, before + 1, 'nobody hears of whoever is refused');
    const claims = {
      ...ours,
      may: [way.right ?? 'join', 'call'],
      [way.claim ?? 'room']: way.claim ? sim : room,
    };
    const client = await way.enter(host, good(claims));
    assert.equal((await client.next('error', way.welcome)).type, way.welcome);
  });

test('all four algorithms, from a file of several keys and from PEM', async (t) => {
  const keys = ['HS256', 'RS256', 'ES256', 'EdDSA'].map((alg) => makeKey(alg));
  const pem = makeKey('ES256', undefined);
  const file = join(temporaryFolder(t), 'public.pem');
  writeFileSync(file, pem.publicKey.export({ type: 'spki', format: 'pem' }));
  const host = await startGuarded(t, ['--auth-key', file], keys);
  for (const each of [...keys, pem])
    await Client.join(host, room, each.alg + each.kid, { token: makeToken(each, everything) });
});

test('a stay ends with its token, unless another comes', async (t) => {
  const host = await startGuarded(t);
  const ada = await Client.join(host, room, 'ada', {
    token: good({ sub: 'user-1', name: 'Ada', exp: seconds(6) }),
  });
  const bob = await Client.join(host, room, 'bob', { token: good({ exp: seconds(7) }) });
  assert.equal(bob.joined.peers[0].identity, 'user-1');
  assert.equal(bob.joined.peers[0].name, 'Ada');
  assert.ok((await ada.next('token-ends')).seconds <= 6);
  ada.send({ type: 'renew', token: good({ sub: 'user-2' }) });
  const refused = await ada.next('error');
  assert.deepEqual([refused.code, refused.re], ['token-identity', 'renew']);
  ada.send({ type: 'renew', token: good({ sub: 'user-1' }) });
  assert.ok((await ada.next('renewed')).seconds > 3590);
  assert.equal((await bob.next('error')).code, 'token-expired');
  assert.equal((await bob.closed).code, 1008);
  assert.equal((await ada.next('peer-left')).id, 'bob');
  await ada.ping();
  await host.logged(/token-expired/);
});

test('whoever resumes shows a valid token', async (t) => {
  const host = await startGuarded(t);
  const token = good({ sub: 'user-1' });
  const ada = await Client.join(host, room, 'ada', { token });
  ada.cut();
  const resume = async (with_) => {
    const client = await Client.open(host);
    const session = { session: ada.joined.session, ack: 0 };
    client.send({ type: 'join', room, secret: 'ada-page', resume: session, token: with_ });
    return client.next('joined', 'error');
  };
  assert.equal((await resume(undefined)).code, 'token-required');
  assert.equal((await resume(good({ sub: 'user-2' }))).code, 'token-identity');
  assert.equal((await resume(token)).resumed, true);
});

test('with --auth rooms, rooms are open and publishing is not', async (t) => {
  const host = await startHost(t, { args: ['--auth', 'rooms', '--auth-key', keyFile(t, key)] });
  await Client.join(host, room, 'ada');
  const client = await ways['sim, in join'].enter(host, undefined);
  assert.equal((await client.next('error', 'joined')).code, 'token-required');
});

test('by HTTP, a bearer token says who may', async (t) => {
  const host = await startGuarded(t);
  const get = (path, token, headers = {}) =>
    fetch(host.url + path, {
      redirect: 'manual',
      headers: { ...headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    });
  const ice = await get('/api/v1/ice');
  assert.equal(ice.status, 401);
  assert.equal(ice.headers.get('www-authenticate'), 'Bearer');
  const wrong = await get('/api/v1/ice', makeToken(stranger));
  assert.equal(wrong.status, 401);
  assert.match(wrong.headers.get('www-authenticate'), /error="invalid_token"/);
  assert.equal((await get('/api/v1/ice', good())).status, 200);

  const member = await Client.join(host, room, 'ada', { token: good() });
  assert.equal((await get('/api/v1/rooms')).status, 401);
  const mere = await get('/api/v1/rooms', good());
  assert.equal(mere.status, 403);
  assert.match(mere.headers.get('www-authenticate'), /insufficient_scope/);
  const admin = makeToken(key, { may: ['admin'] });
  const rooms = await get('/api/v1/rooms', admin);
  assert.equal(rooms.status, 200);
  assert.match(await rooms.text(), new RegExp(room));
  const proxied = { 'X-Forwarded-For': '203.0.113.7' };
  assert.equal((await get('/webrtc/rooms', undefined, proxied)).status, 403);
  assert.equal((await get('/webrtc/rooms', admin, proxied)).status, 200);
  member.cut();
});

test('a stream is seen by whoever shows a token, by a path that ends', async (t) => {
  const host = await startGuarded(t);
  const get = (path, headers) => fetch(host.url + path, { redirect: 'manual', headers });
  for (const path of [`/${sim}/1.m3u8`, `/${sim}/1-1700000000000-0.ts`]) {
    const refused = await get(path);
    assert.equal(refused.status, 401, path);
    assert.equal(refused.headers.get('access-control-allow-origin'), '*');
  }
  const watch = (claims) => makeToken(key, { may: ['watch'], ...claims });
  assert.equal((await get(`/${sim}/1.m3u8?token=${good({ may: ['join'] })}`)).status, 403);
  assert.equal((await get(`/${sim}/1.m3u8?token=${watch({ sim: '12345' })}`)).status, 403);
  const sent = await get(`/${sim}/1.m3u8?token=${watch({ sim, exp: seconds(6) })}`);
  assert.equal(sent.status, 307);
  const path = sent.headers.get('location');
  assert.match(path, new RegExp(`^/hls/[^/]+/${sim}/1\\.m3u8$`));
  assert.doesNotMatch(path, /token/);
  const seen = await get(path);
  assert.equal(seen.status, 404, 'let in, where nothing is');
  assert.match(await seen.text(), /does not offer live streaming/);
  assert.equal((await get(path.replace(sim, '12345'))).status, 403);
  const [, , pass] = path.split('/');
  const [end, signature] = pass.split('.');
  for (const forged of [
    `${Number(end) + 1}.${signature}`,
    `${end}.`,
    end,
    `.${signature}`,
    `${end}.${signature}x`,
  ])
    assert.equal((await get(path.replace(pass, forged))).status, 403, forged);
  const bearer = await get(`/${sim}/1.m3u8`, { Authorization: `Bearer ${watch()}` });
  assert.equal(bearer.status, 307);
  await new Promise((resolve) => setTimeout(resolve, 6100));
  assert.equal((await get(path)).status, 403, 'it ends with the token');
});

test('WHIP asks for a bearer token', async (t) => {
  const host = await startGuarded(t, ['--ice-server', 'stun:stun.example']);
  const links = async (headers) =>
    (await fetch(`${host.url}/whip/${sim}`, { method: 'OPTIONS', headers })).headers.get('link');
  assert.equal(await links({}), null);
  assert.match(await links({ Authorization: `Bearer ${good()}` }), /stun\.example/);
});

test('keys are read again, and a wrong file changes nothing', async (t) => {
  const file = keyFile(t, key);
  const host = await startHost(t, { args: ['--auth', 'all', '--auth-key', file] });
  const next = makeKey('ES256', 'next');
  const enter = async (token) => {
    const client = await Client.open(host);
    client.send({ type: 'join', room, secret: 'page', token });
    const { type, code } = await client.next('joined', 'error');
    client.cut();
    return code ?? type;
  };
  assert.equal(await enter(makeToken(next)), 'token-signature');
  writeFileSync(file, 'no keys at all');
  host.kill('SIGHUP');
  await host.logged(/keys-kept/);
  assert.equal(await enter(makeToken(key)), 'joined');
  writeFileSync(file, JSON.stringify({ keys: [next.jwk] }));
  host.kill('SIGHUP');
  await host.logged(/keys-read/);
  assert.equal(await enter(makeToken(next)), 'joined');
  assert.equal(await enter(makeToken(key)), 'token-signature');
});

test('tokens are checked so often for an address, and no more', async (t) => {
  const host = await startGuarded(t, ['--tokens-per-second', '1', '--token-burst', '1']);
  const token = makeToken(key);
  const client = await Client.open(host, { localAddress: '127.0.0.9' });
  for (let i = 0; i < 12; ++i)
    client.send({ type: 'join', room: `r${i}`, secret: 'page', token: makeToken(stranger) });
  await client.ping();
  const codes = client.all.filter(({ type }) => type === 'error').map(({ code }) => code);
  assert.equal(codes[0], 'token-signature');
  assert.ok(codes.includes('too-fast'), codes.join(' '));
  assert.ok((await host.health()).refused['tokens-per-second'] > 0);
  assert.ok(token);
});

test('wrong settings are told in a sentence', async (t) => {
  const none = { XDG_STATE_HOME: temporaryFolder(t), STATE_DIRECTORY: '' };
  await refusesToStart(
    ['--auth', 'all'],
    /There is no key to check tokens with: `parley key` makes one/,
    none,
  );
  await refusesToStart(['--auth-key', 'keys.json'], /No token is looked at with --auth off/);
  await refusesToStart(['--auth', 'some'], /--auth/);
  const broken = join(temporaryFolder(t), 'keys.json');
  writeFileSync(broken, '{}');
  await refusesToStart(['--auth', 'all', '--auth-key', broken, '--web', temporaryFolder(t)], /keys\.json/);
});

test('a host that is open to all says so once, and only where strangers reach it', async (t) => {
  const open = await startHost(t, { listen: '0.0.0.0:0,127.0.0.1:0' });
  await open.logged(/open-to-all/);
  assert.equal(open.output.err.match(/open-to-all/g).length, 1);
  const local = await startHost(t);
  await local.health();
  assert.doesNotMatch(local.output.err, /open-to-all/);
  const guarded = await startHost(t, {
    listen: '0.0.0.0:0,127.0.0.1:0',
    args: ['--auth', 'rooms', '--auth-key', keyFile(t, key)],
  });
  await guarded.health();
  assert.doesNotMatch(guarded.output.err, /open-to-all/);
});

test('tokens and secrets are in no log', async (t) => {
  const secret = makeKey('HS256');
  const host = await startGuarded(t, [], [key, secret]);
  const tokens = [good(), makeToken(stranger), makeToken(secret)];
  for (const token of tokens) {
    for (const way of Object.values(ways)) (await way.enter(host, token)).cut();
    await fetch(`${host.url}/${sim}/1.m3u8?token=${token}`, { redirect: 'manual' });
    await new Promise((resolve) =>
      new WebSocket(`${host.socketUrl}/none?token=${token}`).on('error', resolve),
    );
  }
  host.kill('SIGTERM');
  const { out, err } = await host.ended;
  for (const text of [...tokens, secret.jwk.k])
    for (const part of text.split('.')) assert.ok(!(out + err).includes(part), part);
});

test('a token of any depth is refused by every way, and crashes nothing', async (t) => {
  const host = await startGuarded(t);
  const deep = (levels) =>
    Buffer.from(`{"alg":${'['.repeat(levels)}${']'.repeat(levels)}}`).toString('base64url');
  for (const token of [`${deep(2_900)}.e30.x`, `e30.${deep(2_900)}.x`, `${deep(1_500)}.${deep(1_500)}.x`]) {
    const headers = { Authorization: `Bearer ${token}` };
    assert.equal((await fetch(`${host.url}/api/v1/ice`, { headers })).status, 401);
    assert.equal((await fetch(`${host.url}/whip/${sim}`, { method: 'OPTIONS', headers })).status, 200);
    assert.equal((await fetch(`${host.url}/${sim}/1.m3u8?token=${token}`)).status, 401);
    for (const [name, way] of Object.entries(ways)) {
      if (name.includes('header')) continue; // longer than the stock clients send
      const client = await way.enter(host, token);
      assert.match((await client.next('error', way.welcome)).code, /^token-/, name);
      client.cut();
    }
  }
  assert.equal((await host.health()).status, 'ok');
});

test('what was shown where a socket was opened is checked when it enters', async (t) => {
  const file = keyFile(t, key);
  const host = await startHost(t, { args: ['--auth', 'all', '--auth-key', file] });
  const client = await Client.open({ ...host, socketUrl: `${host.socketUrl}?token=${good()}` });
  writeFileSync(file, JSON.stringify({ keys: [makeKey('EdDSA', 'next').jwk] }));
  host.kill('SIGHUP');
  await host.logged(/keys-read/);
  client.send({ type: 'join', room, secret: 'page' });
  assert.equal((await client.next('error', 'joined')).code, 'token-signature');
});
