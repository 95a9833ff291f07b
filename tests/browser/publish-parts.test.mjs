// What the page /publish is made of besides its looks, without a browser: addresses, messages, the log, and the client of
// the sim protocol against the running host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { WebSocket } from 'ws';
import { sim } from './support/publish.mjs';
import { Host } from './support/host.mjs';

// What a browser has; Node.js before 22 has none.
globalThis.WebSocket ??= WebSocket;

/** What Chromium's RTCPeerConnection throws at. */
const strangeStun = ['a:b:c', 'a:99999', 'a:0', 'a:', '::1', 'a b', 'a]', 'a@b:1', 'a#b', 'a\\b', '<>'].map(
  (rest) => `stun:${rest}`,
);

async function load(name) {
  const path = fileURLToPath(new URL(`../../web/src/app/publish/${name}.ts`, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

const { ownTarget, problemsOf, socketUrl, playlistUrl, roomUrl, fieldsOf, recallTarget } =
  await load('target');
const { SimClient, understand } = await load('sim-client');
const { SignalingLog } = await load('signaling-log');

const page = new URL('https://parley.example/publish');
const own = { ...ownTarget(page), sim };

test('the addresses are those of the document, at the server and ports that were given', () => {
  const target = { ...own, server: '192.0.2.7', secure: false, socketPort: '1078', httpPort: '8080' };
  assert.equal(socketUrl(target), `ws://192.0.2.7:1078/${sim}`);
  assert.equal(playlistUrl(target), `http://192.0.2.7:8080/${sim}/1.m3u8`);
  assert.equal(playlistUrl(target, 2), `http://192.0.2.7:8080/${sim}/2.m3u8`);
  assert.equal(socketUrl({ ...target, server: '2001:db8::7' }), `ws://[2001:db8::7]:1078/${sim}`);
  assert.equal(socketUrl(own), `wss://parley.example/${sim}`);
});

test('what a server says of a stream is trouble or a notice, with its code and its words', () => {
  for (const type of ['error', 'notice'])
    assert.deepEqual(understand(JSON.stringify({ type, code: 'transcoded', message: 'It is.' })), {
      type,
      reason: { code: 'transcoded', message: 'It is.' },
    });
});

test('a room to watch in is known of the host that serves the page alone', () => {
  assert.equal(roomUrl(own, page), `https://parley.example/r/${sim}`);
  for (const other of [{ server: 'other.example' }, { socketPort: '1078' }, { secure: false }, { sim: '' }])
    assert.equal(roomUrl({ ...own, ...other }, page), null);
});

test('a pasted address fills the fields that it names', () => {
  assert.deepEqual(fieldsOf(`ws://192.0.2.7:1078/${sim}`), {
    server: '192.0.2.7',
    secure: false,
    socketPort: '1078',
    sim,
  });
  assert.deepEqual(fieldsOf(`https://parley.example/${sim}/1.m3u8`), {
    server: 'parley.example',
    secure: true,
    httpPort: '',
    sim,
  });
  assert.deepEqual(fieldsOf('wss://parley.example'), {
    server: 'parley.example',
    secure: true,
    socketPort: '',
  });
  for (const text of ['', 'parley.example', 'ftp://parley.example', 'ws://', 'ws://a b']) {
    assert.equal(fieldsOf(text), null, text);
  }
});

test('what is wrong is said by field', () => {
  const wrong = (fields) => Object.keys(problemsOf({ ...own, ...fields }));
  assert.deepEqual(wrong({}), []);
  for (const number of ['', '1234', '1'.repeat(21), '12345x', ' 12345', '１２３４５'])
    assert.deepEqual(wrong({ sim: number }), ['sim'], number);
  for (const server of ['', 'a b', 'a/b', 'a@b', 'a:1', 'x?y'])
    assert.deepEqual(wrong({ server }), ['server'], server);
  for (const port of ['0', '65536', '-1', '1e3', 'x'])
    assert.deepEqual(wrong({ socketPort: port, httpPort: port }), ['socketPort', 'httpPort'], port);
  for (const stun of ['stun.example', 'http://stun.example', 'stun:', 'turn:turn.example', ...strangeStun])
    assert.deepEqual(wrong({ stun }), ['stun'], stun);
  for (const stun of [
    'stun:stun.example',
    'stuns:stun.example:443',
    'stun:192.0.2.7:1',
    'stun:[2001:db8::7]:3478',
  ])
    assert.deepEqual(wrong({ stun }), [], stun);
  assert.deepEqual(wrong({ server: '2001:db8::7', socketPort: '', stun: 'stun:stun.example:3478' }), []);
});

test('a browser that remembers nothing starts with the host of the page', () => {
  assert.deepEqual(recallTarget(own), own);
});

test('each message of the document is understood, and nothing else is', () => {
  const heard = (message) => understand(JSON.stringify(message));
  assert.deepEqual(heard({ type: 'joined', simNumber: sim, message: 'Successfully joined room' }), {
    type: 'joined',
  });
  assert.deepEqual(heard({ type: 'answer', sdp: { type: 'answer', sdp: 'v=0' } }), {
    type: 'answer',
    description: { type: 'answer', sdp: 'v=0' },
  });
  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
  assert.deepEqual(heard({ type: 'ice-candidate', candidate }), { type: 'ice-candidate', candidate });
  // One that names no m-line is for the first; the last one is for all.
  assert.deepEqual(heard({ type: 'ice-candidate', candidate: { candidate: 'candidate:1' } }).candidate, {
    candidate: 'candidate:1',
    sdpMLineIndex: 0,
  });
  assert.deepEqual(heard({ type: 'ice-candidate', candidate: { candidate: '' } }).candidate, {
    candidate: '',
  });
  assert.deepEqual(heard({ type: 'error', code: 'peer-taken', message: 'In use.' }).reason, {
    code: 'peer-taken',
    message: 'In use.',
  });
  assert.deepEqual(heard({ type: 'error' }).reason, { code: 'error', message: '' });

  const strange = ['', '{', 'null', '5', '"joined"', '[]', '{}', '{"type":5}', '{"type":"offer","sdp":{}}'];
  const halves = [
    { type: 'answer' },
    { type: 'answer', sdp: 'v=0' },
    { type: 'answer', sdp: { type: 'offer', sdp: 'v=0' } },
    { type: 'ice-candidate' },
    { type: 'ice-candidate', candidate: null },
    { type: 'ice-candidate', candidate: { candidate: 5 } },
  ];
  for (const text of [...strange, ...halves.map((half) => JSON.stringify(half))])
    assert.deepEqual(understand(text), { type: 'not-understood' }, text);
});

test('the log keeps the latest 300 lines and counts the others', () => {
  const log = new SignalingLog();
  for (let number = 1; number <= 307; number++) log.message('page', `{"type":"offer","number":${number}}`);
  assert.equal(log.entries.length, 300);
  assert.equal(log.dropped, 7);
  assert.equal(log.entries[0].text, '{"type":"offer","number":8}');
  log.message('server', '{"type":"error","code":"nobody-to-stream-to"}');
  assert.equal(log.entries.at(-1).title, 'error: nobody-to-stream-to');
  assert.match(String(log), /^\(8 earlier ones were dropped\)\n/);
});

test('the client joins, is told that nobody is there, and leaves', async () => {
  const host = await Host.start();
  try {
    const passed = [];
    const waiting = [];
    const events = [];
    const tell = (event) => (waiting.length > 0 ? waiting.shift()(event) : events.push(event));
    const next = () => (events.length > 0 ? events.shift() : new Promise((resolve) => waiting.push(resolve)));
    const client = new SimClient(`${host.url.replace(/^http/, 'ws')}/${sim}`, sim, {
      opened: () => tell('opened'),
      heard: tell,
      passed: (by, text) => passed.push([by, JSON.parse(text).type]),
      closed: (code) => tell(`closed with ${code}`),
    });
    assert.equal(await next(), 'opened');
    client.join();
    assert.deepEqual(await next(), { type: 'joined' });
    client.offer({ type: 'offer', sdp: 'v=0' });
    const { type, reason } = await next();
    assert.deepEqual([type, reason.code], ['error', 'nobody-to-stream-to']);
    client.leave();
    client.join();
    assert.deepEqual(await next(), { type: 'joined' });
    await host.stop();
    assert.equal(await next(), 'closed with 1001');
    assert.deepEqual(passed, [
      ['page', 'join'],
      ['server', 'joined'],
      ['page', 'offer'],
      ['server', 'error'],
      ['page', 'leave'],
      ['page', 'join'],
      ['server', 'joined'],
    ]);
  } finally {
    await host.stop();
  }
});
