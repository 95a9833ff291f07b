// Engine.IO v4 as its public protocol document has it, byte for byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frames, Polling } from './engine_io.mjs';
import { startEcho } from './socket_io_echo.mjs';

const patient = { 'ping-interval': 25_000, 'ping-timeout': 20_000 };
const unknownSid = [400, '{"code":1,"message":"Session ID unknown"}'];
const badRequest = [400, '{"code":3,"message":"Bad request"}'];

async function start(t, options = patient) {
  const echo = await startEcho(t, options);
  return { ...echo, base: `${echo.url}/engine.io/`, socketBase: `${echo.socketUrl}/engine.io/` };
}

async function ask(url, options) {
  const response = await fetch(url, options);
  return [response.status, await response.text()];
}

test('the handshake says what the server was told', async (t) => {
  const echo = await start(t, { 'ping-interval': 300, 'ping-timeout': 200, 'max-payload': 12_345 });
  const expected = { pingInterval: 300, pingTimeout: 200, maxPayload: 12_345 };
  const { sid, ...rest } = (await Polling.open(echo.base)).handshake;
  assert.deepEqual(rest, { upgrades: ['websocket'], ...expected });
  assert.match(sid, /^[\w-]{20,}$/);
  const socket = await Frames.open(`${echo.socketBase}?EIO=4&transport=websocket`);
  const { sid: other, ...withoutUpgrades } = JSON.parse((await socket.next()).slice(1));
  assert.deepEqual(withoutUpgrades, { upgrades: [], ...expected });
  assert.notEqual(other, sid);
  socket.socket.close();
});

test('a request without its parameters is told what is wrong with it', async (t) => {
  const { base } = await start(t);
  const unknownTransport = [400, '{"code":0,"message":"Transport unknown"}'];
  const badVersion = [400, '{"code":5,"message":"Unsupported protocol version"}'];
  assert.deepEqual(await ask(`${base}?EIO=4`), unknownTransport);
  assert.deepEqual(await ask(`${base}?EIO=4&transport=abc`), unknownTransport);
  assert.deepEqual(await ask(`${base}?transport=polling`), badVersion);
  assert.deepEqual(await ask(`${base}?EIO=3&transport=polling`), badVersion);
  assert.deepEqual(await ask(`${base}?EIO=4&transport=polling&sid=nobody`), unknownSid);
  for (const method of ['POST', 'PUT'])
    assert.deepEqual(await ask(`${base}?EIO=4&transport=polling`, { method }), [
      400,
      '{"code":2,"message":"Bad handshake method"}',
    ]);
});

test('a WebSocket without its parameters is refused', async (t) => {
  const { socketBase } = await start(t);
  for (const query of ['EIO=4', 'transport=websocket', 'EIO=3&transport=websocket', 'EIO=4&transport=abc'])
    await assert.rejects(Frames.open(`${socketBase}?${query}`), /400/, query);
  await assert.rejects(Frames.open(`${socketBase}?EIO=4&transport=websocket&sid=nobody`), /400/);
});

test('what is posted comes back by the next poll', async (t) => {
  const { base } = await start(t);
  for (const body of ['4hello', '4test1\x1e4test2\x1e4test3', '4hello\x1ebAQIDBA==', '4\u{1f600}']) {
    const session = await Polling.open(base);
    assert.deepEqual(await session.post(body), [200, 'ok']);
    assert.deepEqual(await session.poll(), [200, body]);
  }
});

test('a poll is held until there is something', async (t) => {
  const { base } = await start(t);
  const session = await Polling.open(base);
  const held = session.poll();
  await session.post('4hello');
  assert.deepEqual(await held, [200, '4hello']);
});

test('a malformed body ends the session', async (t) => {
  const { base } = await start(t);
  for (const body of ['abc', '', '4a\x1e', 'b!', Buffer.from([0x34, 0xff])]) {
    const session = await Polling.open(base);
    assert.deepEqual(await session.post(body), badRequest);
    assert.deepEqual(await session.poll(), unknownSid);
  }
});

test('a body over maxPayload is refused with 413 and ends the session', async (t) => {
  const { base } = await start(t, { ...patient, 'max-payload': 1_000 });
  const session = await Polling.open(base);
  assert.deepEqual(await session.post(`4${'x'.repeat(999)}`), [200, 'ok']);
  assert.equal((await session.post(`4${'x'.repeat(1_000)}`))[0], 413);
  assert.deepEqual(await session.poll(), unknownSid);
});

test('a message over maxPayload closes the WebSocket with 1009', async (t) => {
  const { socketBase } = await start(t, { ...patient, 'max-payload': 1_000 });
  const socket = await Frames.open(`${socketBase}?EIO=4&transport=websocket`);
  await socket.next();
  socket.send(`4${'x'.repeat(1_000)}`);
  assert.equal(await socket.closed, 1009);
});

test('of two polls at once, the first reads the end and the second is refused', async (t) => {
  const { base } = await start(t);
  const session = await Polling.open(base);
  // Which of the two comes first is not ours to say.
  const answers = await Promise.all([session.poll(), session.poll()]);
  answers.sort(([one], [other]) => one - other);
  assert.deepEqual(answers, [[200, '1'], badRequest]);
  assert.deepEqual(await session.poll(), unknownSid);
});

test('a session that answers its pings stays, and one that does not is closed', async (t) => {
  const { base, socketBase } = await start(t, { 'ping-interval': 100, 'ping-timeout': 1_000 });
  const session = await Polling.open(base);
  for (let i = 0; i < 3; ++i) {
    assert.deepEqual(await session.poll(), [200, '2']);
    assert.deepEqual(await session.post('3'), [200, 'ok']);
  }
  assert.deepEqual(await session.poll(), [200, '2']);
  assert.deepEqual(await session.poll(), [200, '1']);
  assert.deepEqual(await session.poll(), unknownSid);

  const socket = await Frames.open(`${socketBase}?EIO=4&transport=websocket`);
  await socket.next();
  for (let i = 0; i < 3; ++i) {
    assert.equal(await socket.next(), '2');
    socket.send('3');
  }
  assert.equal(await socket.next(), '2');
  assert.equal(await socket.closed, 1008);
});

test('a client that closes has its poll released', async (t) => {
  const { base } = await start(t);
  const session = await Polling.open(base);
  const [polled, posted] = await Promise.all([session.poll(), session.post('1')]);
  assert.deepEqual(posted, [200, 'ok']);
  assert.deepEqual(polled, [200, '6']);
  assert.deepEqual(await session.poll(), unknownSid);
});

test('a WebSocket echoes texts and bytes, and closes on what is no packet', async (t) => {
  const { socketBase } = await start(t);
  for (const [last, code] of [
    ['abc', 1002],
    ['1', 1000],
    ['2', 1002],
  ]) {
    const socket = await Frames.open(`${socketBase}?EIO=4&transport=websocket`);
    await socket.next();
    socket.send('4hello');
    assert.equal(await socket.next(), '4hello');
    socket.send(Buffer.from([1, 2, 3]));
    assert.deepEqual(await socket.next(), Buffer.from([1, 2, 3]));
    socket.send(last);
    assert.equal(await socket.closed, code);
  }
});

test('an upgrade loses nothing', async (t) => {
  const { base } = await start(t);
  const session = await Polling.open(base);
  const held = session.poll();
  const socket = await session.socket();
  socket.send('2probe');
  assert.equal(await socket.next(), '3probe');
  assert.deepEqual(await held, [200, '6']);
  await session.post('4one\x1e4two'); // and it does not poll any more
  socket.send('5');
  assert.equal(await socket.next(), '4one');
  assert.equal(await socket.next(), '4two');
  socket.send('4three');
  assert.equal(await socket.next(), '4three');
  assert.deepEqual(await session.poll(), badRequest);
  assert.deepEqual(await session.post('4four'), badRequest);
  const second = await session.socket();
  assert.equal(await second.closed, 1008);
  socket.send('4five');
  assert.equal(await socket.next(), '4five');
  socket.socket.close();
});
