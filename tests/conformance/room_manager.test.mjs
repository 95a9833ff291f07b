// The room manager over HTTP, held against its own OpenAPI document; and what fastapi has beside its WebSocket.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import WebSocket from 'ws';
import { run, startHost, temporaryFolder } from './host.mjs';

/** A client of any dialect that is plain JSON: everything it is told is in `told`. */
async function open(host, path) {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`);
  const told = [];
  const waiting = [];
  socket.on('message', (data) => {
    told.push(JSON.parse(String(data)));
    for (const look of [...waiting]) look();
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const next = (type) =>
    new Promise((resolve) => {
      const look = () => {
        const at = told.findIndex((message) => message.type === type);
        if (at < 0) return;
        waiting.splice(waiting.indexOf(look), 1);
        resolve(told.splice(at, 1)[0]);
      };
      waiting.push(look);
      look();
    });
  return { next, send: (message) => socket.send(JSON.stringify(message)), close: () => socket.close() };
}

async function join(host, room, id, metadata) {
  const client = await open(host, '/webrtc');
  client.send({ action: 'join', roomId: room, sessionId: id, metadata });
  await client.next('peers_list');
  return client;
}

const withManager = (t) => startHost(t, { args: ['--manager', '127.0.0.1:0'] });

/** fetch() sets headers of its own, and refuses others. */
function ask(host, method, path, { body, headers = {}, port = host.managerPort } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part));
      const read = () => (/json/.test(answer.headers['content-type']) && text ? JSON.parse(text) : null);
      answer.on('end', () => resolve({ status: answer.statusCode, json: read() }));
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

const fits = (schema, value, where) => {
  if (schema.const !== undefined) assert.equal(value, schema.const, where);
  if (schema.type === 'integer') assert.ok(Number.isInteger(value), `${where} is ${value}`);
  else if (schema.type === 'array') {
    assert.ok(Array.isArray(value), where);
    value.forEach((item, at) => fits(schema.items, item, `${where}[${at}]`));
  } else if (schema.type) assert.equal(typeof value, schema.type, where);
  if (schema.type !== 'object') return;
  for (const name of schema.required ?? []) assert.ok(name in value, `${where} has no ${name}`);
  for (const name of Object.keys(value)) {
    assert.ok(name in (schema.properties ?? {}), `${where} has a ${name} that the document does not know`);
    fits(schema.properties[name], value[name], `${where}.${name}`);
  }
};

/** Asks through the document: the operation, its status and the answer's shape must be in it. */
async function manager(host) {
  const { json: document } = await ask(host, 'GET', '/api/v1/openapi.json');
  const used = new Set();
  const call = async (method, template, { room = 'room-123', id, body } = {}) => {
    const operation = document.paths[template]?.[method.toLowerCase()];
    assert.ok(operation, `${method} ${template} is not in the document`);
    used.add(`${method} ${template}`);
    const path = template.replace('{room}', encodeURIComponent(room)).replace('{id}', encodeURIComponent(id));
    const answer = await ask(host, method, `/api/v1${path}`, { body });
    const told = operation.responses[answer.status];
    assert.ok(told, `${method} ${template} answered ${answer.status}, which the document does not know`);
    const shape = told.$ref ? document.components.responses[told.$ref.split('/').at(-1)] : told;
    const schema = shape.content?.['application/json'].schema;
    if (schema) fits(schema, answer.json, template);
    else if (answer.status === 204) assert.equal(answer.json, null);
    return answer;
  };
  const all = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((key) => key !== 'parameters')
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  return { call, unused: () => all.filter((operation) => !used.has(operation)) };
}

test('everything the document of the room manager has works as it says', async (t) => {
  const host = await withManager(t);
  const { call, unused } = await manager(host);
  assert.deepEqual((await call('GET', '/rooms/{room}')).json, { roomId: 'room-123', exists: false, size: 0 });

  const abc = await join(host, 'room-123', 'user-abc', { name: 'John Doe', role: 'admin' });
  const peer = await open(host, '/webrtc/signaling/room-123/peer1');
  await peer.next('existing_peers');
  assert.deepEqual((await call('GET', '/rooms')).json, { rooms: [{ roomId: 'room-123', size: 2 }] });
  assert.equal((await call('GET', '/sessions')).json.total, 2);
  assert.deepEqual((await call('GET', '/rooms/{room}')).json, { roomId: 'room-123', exists: true, size: 2 });
  const { json: stay } = await call('GET', '/rooms/{room}/members/{id}', { id: 'user-abc' });
  assert.deepEqual(stay.metadata, { name: 'John Doe', role: 'admin' });
  assert.equal((await call('GET', '/rooms/{room}/members/{id}', { id: 'ghost' })).status, 404);
  const { json: everyone } = await call('GET', '/rooms/{room}/members');
  assert.deepEqual(
    everyone.members.map(({ sessionId }) => sessionId),
    ['user-abc', 'peer1'],
  );
  const { json: others } = await call('GET', '/rooms/{room}/members/{id}/peers', { id: 'user-abc' });
  assert.deepEqual(others.peers, ['peer1']);

  const bot = { body: { sessionId: 'bot', metadata: { role: 'bot' } } };
  assert.deepEqual((await call('POST', '/rooms/{room}/members', bot)).json.peers, ['user-abc', 'peer1']);
  assert.equal((await peer.next('peer_joined')).peer_id, 'bot');
  assert.equal((await call('POST', '/rooms/{room}/members', bot)).status, 409);
  assert.equal((await call('POST', '/rooms/{room}/members', { body: {} })).status, 422);

  const offer = (more) => ({
    body: {
      type: 'webrtc_offer',
      payload: JSON.stringify({ sdp: 'v=0', type: 'offer', ...more }),
      senderSessionId: 'bot',
    },
  });
  assert.equal((await call('POST', '/rooms/{room}/relay', offer({ targetPeerId: 'user-abc' }))).status, 204);
  const relayed = await abc.next('webrtc_offer');
  assert.equal(relayed.senderSessionId, 'bot');
  assert.deepEqual(JSON.parse(relayed.payload), { sdp: 'v=0', type: 'offer' });
  assert.equal((await call('POST', '/rooms/{room}/relay', offer())).status, 204);
  await abc.next('webrtc_offer');
  assert.deepEqual(await peer.next('offer'), {
    type: 'offer',
    offer: { sdp: 'v=0', type: 'offer' },
    from_peer_id: 'bot',
  });
  assert.equal((await call('POST', '/rooms/{room}/relay', offer({ targetPeerId: 'ghost' }))).status, 404);
  assert.equal((await call('POST', '/rooms/{room}/relay', { body: { senderSessionId: 'bot' } })).status, 422);

  await call('POST', '/rooms/{room}/members/{id}/peers-list', { id: 'user-abc' });
  assert.deepEqual((await abc.next('peers_list')).peers, ['peer1', 'bot']);
  await call('POST', '/rooms/{room}/members/{id}/joined', { id: 'bot' });
  assert.equal((await peer.next('peer_joined')).peer_id, 'bot');
  await call('POST', '/rooms/{room}/members/{id}/left', { id: 'ghost' });
  assert.equal((await peer.next('peer_left')).peer_id, 'ghost');

  assert.equal((await call('DELETE', '/rooms/{room}/members/{id}', { id: 'bot' })).status, 204);
  assert.equal((await peer.next('peer_left')).peer_id, 'bot');
  const locked = await call('PUT', '/rooms/{room}', { body: { locked: true } });
  assert.equal(locked.json.rules.locked, true);
  assert.equal((await call('PUT', '/rooms/{room}', { body: { locked: 1 } })).status, 422);
  assert.deepEqual((await call('GET', '/rooms/{room}/lobby')).json, { waiting: [], removed: [] });
  const ask = { body: { action: 'ask', id: 'peer1', what: 'camera' } };
  assert.equal((await call('POST', '/rooms/{room}/moderate', ask)).json.code, 'cannot-be-asked');

  assert.equal((await call('DELETE', '/rooms/{room}')).json.removed, 2);
  assert.equal((await call('GET', '/rooms/{room}')).json.exists, false);
  assert.deepEqual(unused(), ['GET /openapi.json']);
});

test('the room manager is nowhere unless it is asked for, and never where the public is', async (t) => {
  const without = await startHost(t);
  const host = await withManager(t);
  const ada = await join(host, 'r', 'ada');
  for (const port of [without.port, host.port]) {
    for (const Host of ['localhost', '127.0.0.1', `127.0.0.1:${host.managerPort}`]) {
      for (const method of ['GET', 'DELETE', 'POST']) {
        const { status, json } = await ask(host, method, '/api/v1/rooms/r', { port, headers: { Host } });
        assert.equal(status, method === 'GET' ? 404 : 405, `${method} ${port}`);
        assert.equal(json, null);
      }
    }
  }
  assert.equal((await ask(host, 'GET', '/api/v1/rooms/r')).json.size, 1);
  // And nothing of the rest is where the manager is.
  for (const path of ['/', '/healthz', '/webrtc/rooms', '/api/v10/rooms'])
    assert.equal((await ask(host, 'GET', path)).status, 404, path);
  ada.close();
});

test('the room manager listens on this machine alone', async (t) => {
  const web = temporaryFolder(t);
  for (const address of ['0.0.0.0:0', '*:0', '192.0.2.1:0', 'nowhere']) {
    const { code, err } = await run(['--web', web, '--manager', address]).ended;
    assert.equal(code, 2);
    assert.match(err, /^parley: The room manager [^\n]*--manager takes 127\.0\.0\.1:PORT[^\n]*\n$/);
  }
});

test('the room manager answers programs that ask for themselves, under no name but loopback', async (t) => {
  const host = await withManager(t);
  for (const headers of [
    { Host: 'localhost' },
    { Host: 'localhost:8080' },
    { Host: '127.1.2.3' },
    { Host: '[::1]:80' },
    { 'Sec-Fetch-Site': 'none' },
  ])
    assert.equal((await ask(host, 'GET', '/api/v1/rooms', { headers })).status, 200, JSON.stringify(headers));
  for (const headers of [
    { Origin: 'https://example.org' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'same-origin' },
    { 'X-Forwarded-For': '192.0.2.1' },
    { 'X-Forwarded-Proto': 'https' },
    { 'X-Real-IP': '127.0.0.1' },
    { Forwarded: 'for=192.0.2.1' },
    { Via: '1.1 proxy' },
    { Host: 'rebound.example' },
    { Host: '127.attacker.test' },
    { Host: '127.0.0.1.attacker.test:80' },
    { Host: 'localhost.attacker.test' },
    { Host: '[::1].attacker.test' },
    { Host: '192.0.2.1' },
  ]) {
    const { status, json } = await ask(host, 'GET', '/api/v1/rooms', { headers });
    assert.equal(status, 403, JSON.stringify(headers));
    assert.equal(json.code, 'forbidden');
  }
});

test("fastapi lists its rooms and their peers, and no room that is none of its clients'", async (t) => {
  const host = await startHost(t);
  const get = (path) => ask(host, 'GET', path, { port: host.port });
  await join(host, 'a secret', 'somebody');
  const peer = await open(host, '/webrtc/signaling/room%201/peer%2F1');
  await peer.next('existing_peers');
  assert.deepEqual((await get('/webrtc/rooms')).json, {
    rooms: [{ room_id: 'room 1', peer_count: 1, peers: ['peer/1'] }],
  });
  const { json } = await get('/webrtc/rooms/room%201/peers');
  assert.deepEqual(json, { room_id: 'room 1', peers: ['peer/1'] });
  const unknown = await get('/webrtc/rooms/room2/peers');
  assert.deepEqual(unknown, { status: 404, json: { detail: 'Room not found' } });
  for (const headers of [
    { 'X-Forwarded-For': '192.0.2.1' },
    { Origin: 'http://localhost' },
    { Host: 'rebound.example' },
  ]) {
    for (const path of ['/webrtc/rooms', '/webrtc/rooms/room%201/peers', '/webrtc/rooms/room2/peers']) {
      const { status, json: said } = await ask(host, 'GET', path, { port: host.port, headers });
      assert.deepEqual([status, Object.keys(said)], [403, ['detail']]);
    }
  }
});

test('a body of any depth is refused, or kept, and crashes nothing', async (t) => {
  const host = await withManager(t);
  for (const levels of [60, 100, 1_000, 5_000]) {
    const metadata = '['.repeat(levels) + ']'.repeat(levels);
    const response = await fetch(`${host.managerUrl}/rooms/r/members`, {
      method: 'POST',
      body: `{"sessionId":"user-${levels}","metadata":${metadata}}`,
    });
    assert.equal(response.status, levels < 64 ? 201 : 422, String(levels));
  }
  assert.equal((await host.health()).status, 'ok');
});
