// The whole host at once, for sanitizers to watch: clients of every dialect who talk, drop at random and come back, stock
// Socket.IO clients who poll and upgrade, HTTP, TLS with certificates that change, rooms that are cleared; and SIGTERM in
// the middle of it. What they are sent is not looked at here: tests/conformance does that.
import assert from 'node:assert/strict';
import * as http from 'node:http';
import { test } from 'node:test';
import WebSocket from 'ws';
import { makeCertificate } from '../conformance/certificates.mjs';
import { dialects } from '../conformance/dialects.mjs';
import { startHost, temporaryFolder } from '../conformance/host.mjs';
import { SocketIoClient } from '../conformance/socket_io_client.mjs';
import { StormClient, names } from '../conformance/storm.mjs';

const seconds = 20;
const perDialect = 6;
const rooms = ['923244219594', '923244219595', '923244219596'];
const reports = /ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:/;

const chance = (likelihood) => Math.random() < likelihood;
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Never fails: the host may end in the middle of it. */
const ask = (port, path, method = 'GET') =>
  new Promise((resolve) => {
    const request = http.request({ host: '127.0.0.1', port, path, method }, (response) =>
      response.resume().on('close', resolve),
    );
    request.on('error', resolve).end();
  });

/** Repeats this until the time is over. */
async function until(over, pause, act) {
  while (!over()) {
    await act().catch(() => {});
    await sleep(pause * Math.random());
  }
}

function talk(client) {
  const { kind, socket } = client;
  const { says } = dialects.find(({ name }) => name === kind);
  const to = `${pick(names)}-${Math.floor(perDialect * Math.random())}`;
  const message = says(pick(['offer', 'candidate']), { type: 'offer', sdp: 'v=0\r\n', candidate: '' }, to);
  const text = JSON.stringify(message);
  socket.send(kind === 'socketio' ? `42["${message.type}",${text}]` : text, () => {});
}

async function member(host, kind, number, over) {
  const client = new StormClient(host, kind, pick(rooms), `${kind}-${number}`);
  await until(over, 40, async () => {
    if (client.socket?.readyState !== WebSocket.OPEN) {
      // A number that is taken, a room that is full, a host that ends: then later.
      await Promise.race([client.tryToCome(), sleep(500)]);
    } else if (chance(0.1)) await client.go(chance(0.5));
    else talk(client);
  });
  client.socket?.terminate();
}

async function stockClient(host, number, over) {
  await until(over, 60, async () => {
    const transports = pick([['polling'], ['websocket'], ['polling', 'websocket']]);
    const client = await Promise.race([
      SocketIoClient.open(host, { transports }),
      sleep(1_000).then(() => Promise.reject(new Error('late'))),
    ]);
    client.socket.emit('join_room', { room: pick(rooms), user_id: `stock-${number}` });
    for (let i = 0; i < 5 && !over(); ++i) {
      client.send({ type: 'offer', offer: { type: 'offer', sdp: 'v=0\r\n' } });
      await sleep(10);
    }
    if (chance(0.3)) client.cut();
    client.socket.disconnect();
  });
}

const visitor = (host, over) =>
  until(over, 40, () =>
    ask(
      host.port,
      pick(['/', '/healthz', '/webrtc/rooms', '/nowhere', '/r/room']),
      pick(['GET', 'HEAD', 'POST']),
    ),
  );

const manager = (host, over) =>
  until(over, 300, async () => {
    await ask(host.managerPort, '/api/v1/rooms');
    await ask(host.managerPort, `/api/v1/rooms/${pick(rooms)}`, 'DELETE');
  });

function secureClient(port, over) {
  return until(over, 60, async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, 'parley.v1', { rejectUnauthorized: false });
    socket.on('error', () => {});
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'join', room: pick(rooms), secret: 's' }), () => socket.terminate()),
    );
    await Promise.race([new Promise((resolve) => socket.on('close', resolve)), sleep(1_000)]);
    socket.terminate();
  });
}

test('a host that is as busy as it gets, and told to end meanwhile, has nothing to report', async (t) => {
  const host = await startHost(t, {
    args: [
      ...['--listen', '127.0.0.1:0s', ...makeCertificate(temporaryFolder(t), 'a.test')],
      ...['--manager', '127.0.0.1:0', '--resume-seconds', '1', '--log-level', 'info'],
    ],
  });
  const securePort = Number(/listening on https:\/\/127\.0\.0\.1:(\d+)/.exec(host.output.out)[1]);
  let isOver = false;
  const over = () => isOver;
  const everybody = [
    ...names.flatMap((kind) => Array.from({ length: perDialect }, (_, i) => member(host, kind, i, over))),
    ...Array.from({ length: 4 }, (_, i) => stockClient(host, i, over)),
    ...Array.from({ length: 3 }, () => visitor(host, over)),
    ...Array.from({ length: 3 }, () => secureClient(securePort, over)),
    manager(host, over),
    until(over, 2_000, async () => host.kill('SIGHUP')),
  ];
  await sleep(seconds * 1_000);
  const { connections, members } = await host.health();
  assert.ok(connections > perDialect && members > 0, `${connections} connections, ${members} members`);
  host.kill('SIGTERM');
  const { code, signal, err } = await host.ended;
  isOver = true;
  await Promise.all(everybody);
  assert.doesNotMatch(err, reports);
  assert.equal(code, 0, `ended with ${code ?? signal}: ${err.slice(-2_000)}`);
});
