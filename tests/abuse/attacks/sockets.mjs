// What the attacks are made of: many sockets, from a few addresses of loopback.
import { connect } from 'node:net';
import { upgradeRequest } from '../../conformance/raw_socket.mjs';

/** One has some 28,000 ports to connect from, and those of a moment ago rest for a minute. */
const addresses = 16;
let opened = 0;
/** A kernel's queue of who has not been accepted yet is about so long. */
const atOnce = 200;

/** Another one each time, in turn. */
export const localAddress = () => `127.0.0.${2 + (opened++ % addresses)}`;

/** Connected, or undefined where the host would not have it. */
export function open(port, options = {}) {
  const socket = connect({
    port,
    host: '127.0.0.1',
    localAddress: localAddress(),
    noDelay: true,
    ...options,
  });
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('close', () => resolve(undefined));
  });
}

/** As many as can be had of so many. */
export async function openMany(port, count, options) {
  const sockets = [];
  for (let at = 0; at < count; at += atOnce) {
    const wanted = Math.min(atOnce, count - at);
    sockets.push(...(await Promise.all(Array.from({ length: wanted }, () => open(port, options)))));
  }
  return sockets.filter(Boolean);
}

export const closed = (socket) =>
  socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));

export const requestFor = (path) =>
  path === '/ws'
    ? upgradeRequest
    : upgradeRequest.replace('/ws', path).replace('Sec-WebSocket-Protocol: parley.v1\r\n', '');

/** A socket that has had its 101, or undefined. */
export async function upgraded(port, path = '/ws') {
  const socket = await open(port);
  if (!socket) return undefined;
  socket.write(requestFor(path));
  return new Promise((resolve) => {
    socket.once('close', () => resolve(undefined));
    socket.once('data', (data) => {
      if (data.subarray(0, 12).toString() === 'HTTP/1.1 101') resolve(socket);
      else socket.destroy();
    });
  });
}

/** `count` at once do this again and again, for so many seconds. */
export async function forSeconds(seconds, count, underway, act) {
  const end = performance.now() + seconds * 1_000;
  let rounds = 0;
  const worker = async (_, number) => {
    for (let round = 0; performance.now() < end; ++round) {
      await act(number, round);
      ++rounds;
    }
  };
  underway();
  await Promise.all(Array.from({ length: count }, worker));
  return rounds;
}

/** `count` at once do this to each of these, once. */
export async function onceEach(list, count, underway, act) {
  let next = 0;
  const worker = async () => {
    while (next < list.length) await act(list[next++]);
  };
  underway();
  await Promise.all(Array.from({ length: count }, worker));
}
