// Those who take their time, and a connection meanwhile. All of them hold on until they are cut.
import { closed, open, openMany, upgraded } from './sockets.mjs';

const pace = 4_000;
const head = 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ';
const bodyHead = 'POST /whip/923244219594 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\n';

/** How many the host has let go, once it has let go of all. */
async function untilLetGo(sockets) {
  for (const socket of sockets) socket.resume();
  await Promise.all(sockets.map(closed));
  return { letGo: sockets.length };
}

/** Heads and bodies of which a byte comes every four seconds. */
export async function drip(port, { heads, bodies }, underway) {
  const slowHeads = await openMany(port, heads);
  const slowBodies = await openMany(port, bodies);
  for (const socket of slowHeads) socket.write(head);
  for (const socket of slowBodies) socket.write(`${bodyHead}Content-Length: 1000\r\n\r\nv`);
  const all = [...slowHeads, ...slowBodies];
  setInterval(() => all.forEach((socket) => socket.writable && socket.write('x')), pace);
  underway();
  return untilLetGo(all);
}

/** Connections on which nobody says anything. */
export async function silent(port, { count }, underway) {
  const sockets = await openMany(port, count);
  underway();
  return untilLetGo(sockets);
}

/** Readers of a large file who have read its beginning, and stop. */
export async function readers(port, { count, path }, underway) {
  const sockets = await openMany(port, count);
  for (const socket of sockets) {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    socket.pause();
  }
  underway();
  await Promise.all(sockets.map(closed));
  return {};
}

/** WebSockets whose handshake came, and nothing since. */
export async function mute(port, { count }, underway) {
  const sockets = [];
  for (let at = 0; at < count; at += 100)
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => upgraded(port)))));
  underway();
  await Promise.all(sockets.filter(Boolean).map(closed));
  return {};
}

/** Whoever is refused comes again at once, for as long as it takes. */
export async function insistent(port, { count }, underway) {
  let refused = 0;
  const insist = async () => {
    for (;;) {
      const socket = await open(port);
      if (socket) await closed(socket.resume());
      ++refused;
    }
  };
  const sockets = await openMany(port, count);
  underway();
  for (const socket of sockets) closed(socket.resume()).then(insist);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  return { refused };
}
