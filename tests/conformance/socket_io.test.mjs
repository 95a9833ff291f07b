// Socket.IO v5, with its stock client and byte for byte.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { io } from 'socket.io-client';
import { Frames } from './engine_io.mjs';
import { startEcho } from './socket_io_echo.mjs';

const patient = { 'ping-interval': 25_000, 'ping-timeout': 20_000, 'connect-timeout': 45_000 };

function connect(t, echo, nsp = '/', options = {}) {
  const socket = io(`${echo.url}${nsp}`, { forceNew: true, reconnectionDelay: 10, ...options });
  t.after(() => socket.disconnect());
  return socket;
}

const modes = {
  'with default options': {},
  'by polling only': { transports: ['polling'] },
  'by WebSocket only': { transports: ['websocket'] },
};

for (const [how, options] of Object.entries(modes)) {
  test(`the stock client talks ${how}`, async (t) => {
    const echo = await startEcho(t, patient);
    const socket = connect(t, echo, '/', { auth: { token: '123' }, ...options });
    assert.deepEqual(await once(socket, 'auth'), [{ token: '123' }]);
    assert.match(socket.id, /^[\w-]{20,}$/);

    socket.emit('message', 1, '2', { 3: [true] }, 'é\u{1f600}');
    assert.deepEqual(await once(socket, 'message-back'), [1, '2', { 3: [true] }, 'é\u{1f600}']);
    assert.deepEqual(
      await new Promise((resolve) => socket.emit('message-with-ack', 'a', {}, (...args) => resolve(args))),
      ['a', {}],
    );

    const bytes = [Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])];
    socket.emit('message', bytes[0], { deep: [bytes[1]] });
    assert.deepEqual(await once(socket, 'message-back'), [bytes[0], { deep: [bytes[1]] }]);
    assert.deepEqual(await socket.timeout(5_000).emitWithAck('message-with-ack', bytes[0]), bytes[0]);
  });

  test(`nothing is lost, doubled or out of order ${how}`, async (t) => {
    const echo = await startEcho(t, patient);
    const socket = connect(t, echo, '/', options);
    const back = [];
    const count = 2_000;
    const all = new Promise((resolve) =>
      socket.on('message-back', (number) => {
        back.push(number);
        if (number === count - 1) resolve();
      }),
    );
    await once(socket, 'connect');
    // Across the upgrade, where there is one: some at once, and others as the answers come.
    let next = 0;
    const say = (more) => {
      for (const end = Math.min(count, next + more); next < end; ++next) socket.emit('message', next);
    };
    socket.on('message-back', () => say(2));
    say(20);
    await all;
    assert.deepEqual(
      back,
      Array.from({ length: count }, (_, i) => i),
    );
  });
}

test('the default client ends up on a WebSocket', async (t) => {
  const echo = await startEcho(t, patient);
  const socket = connect(t, echo);
  const engine = socket.io.engine;
  assert.equal(engine.transport.name, 'polling');
  await once(engine, 'upgrade');
  assert.equal(engine.transport.name, 'websocket');
  assert.equal(await socket.timeout(5_000).emitWithAck('message-with-ack', 'still here'), 'still here');
});

test('two namespaces share a connection', async (t) => {
  const echo = await startEcho(t, patient);
  const main = connect(t, echo, '/', { forceNew: false, auth: { of: 'main' } });
  const custom = io(`${echo.url}/custom`, { auth: { of: 'custom' } });
  const auths = await Promise.all([once(main, 'auth'), once(custom, 'auth')]);
  assert.deepEqual(auths, [[{ of: 'main' }], [{ of: 'custom' }]]);
  assert.equal(main.io, custom.io);
  assert.notEqual(main.id, custom.id);
  custom.disconnect();
  assert.equal(await main.timeout(5_000).emitWithAck('message-with-ack', 'still here'), 'still here');
});

test('an unknown namespace is refused', async (t) => {
  const echo = await startEcho(t, patient);
  const socket = connect(t, echo, '/random');
  const [error] = await once(socket, 'connect_error');
  assert.equal(error.message, 'Invalid namespace');
});

test('heartbeats keep the stock client connected, however it talks', async (t) => {
  const echo = await startEcho(t, { ...patient, 'ping-interval': 50, 'ping-timeout': 5_000 });
  for (const options of Object.values(modes)) {
    const socket = connect(t, echo, '/', options);
    await once(socket, 'connect');
    for (let pings = 0; pings < 5; ++pings) await once(socket.io, 'ping');
    assert.equal(socket.connected, true);
  }
});

test('the stock client comes back after the server was restarted', async (t) => {
  const echo = await startEcho(t, patient);
  const socket = connect(t, echo);
  await once(socket, 'connect');
  const before = socket.id;
  const gone = once(socket, 'disconnect');
  await echo.end('SIGTERM');
  await gone;
  const back = once(socket, 'connect');
  await startEcho(t, { ...patient, port: echo.port });
  await back;
  assert.notEqual(socket.id, before);
  assert.equal(await socket.timeout(5_000).emitWithAck('message-with-ack', 'back'), 'back');
});

// --- byte for byte ----------------------------------------------------------------------------------------------

async function open(t, options = patient) {
  const echo = await startEcho(t, options);
  const socket = await Frames.open(`${echo.socketUrl}/socket.io/?EIO=4&transport=websocket`);
  t.after(() => socket.socket.terminate());
  await socket.next(); // Engine.IO's handshake
  return socket;
}

async function connected(t, options) {
  const socket = await open(t, options);
  socket.send('40');
  await socket.next(); // its confirmation
  await socket.next(); // auth
  return socket;
}

test('connecting is confirmed with an id and nothing else', async (t) => {
  const socket = await open(t);
  socket.send('40{"token":"123"}');
  const text = await socket.next();
  assert.equal(text.slice(0, 2), '40');
  assert.deepEqual(Object.keys(JSON.parse(text.slice(2))), ['sid']);
  assert.equal(await socket.next(), '42["auth",{"token":"123"}]');
  socket.send('40/custom,');
  assert.match(await socket.next(), /^40\/custom,\{"sid":"[\w-]+"\}$/);
  assert.equal(await socket.next(), '42/custom,["auth",{}]');
  socket.send('40/random');
  assert.equal(await socket.next(), '44/random,{"message":"Invalid namespace"}');
});

test('arguments are carried as they were written', async (t) => {
  const socket = await connected(t);
  socket.send('42["message",1,"2",{"3":[true]}]');
  assert.equal(await socket.next(), '42["message-back",1,"2",{"3":[true]}]');
  socket.send('42["message",1.00, 12345678901234567890 ,"\\u00e9"]');
  assert.equal(await socket.next(), '42["message-back",1.00, 12345678901234567890 ,"\\u00e9"]');
  socket.send('42456["message-with-ack",1,"2",{"3":[false]}]');
  assert.equal(await socket.next(), '43456[1,"2",{"3":[false]}]');
});

test('attachments follow their packet', async (t) => {
  const socket = await connected(t);
  const placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
  for (const [said, answer] of [
    [`452-["message",${placeholders}]`, `452-["message-back",${placeholders}]`],
    [`452-789["message-with-ack",${placeholders}]`, `462-789[${placeholders}]`],
  ]) {
    socket.send(said);
    socket.send(Buffer.from([1, 2, 3]));
    socket.send(Buffer.from([4, 5, 6]));
    assert.equal(await socket.next(), answer);
    assert.deepEqual(await socket.next(), Buffer.from([1, 2, 3]));
    assert.deepEqual(await socket.next(), Buffer.from([4, 5, 6]));
  }
});

test('who leaves a namespace stays in the others', async (t) => {
  const socket = await connected(t);
  socket.send('40/custom');
  await socket.next();
  await socket.next();
  socket.send('41/custom');
  socket.send('42["message","to the main one"]');
  assert.equal(await socket.next(), '42["message-back","to the main one"]');
});

test('what the protocol does not allow closes the connection', async (t) => {
  for (const text of [
    '4abc',
    '42{}',
    '42[]',
    '42abc["message"]',
    '42/custom,["message"]',
    '40',
    '451["x"]',
  ]) {
    const socket = await connected(t);
    socket.send(text);
    assert.equal(await socket.closed, 1000, text);
  }
  const early = await open(t);
  early.send('42["message"]');
  assert.equal(await early.closed, 1000);
});

test('who connects to no namespace in time is closed', async (t) => {
  const socket = await open(t, { ...patient, 'connect-timeout': 50 });
  assert.equal(await socket.closed, 1000);
});
