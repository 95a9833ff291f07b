// Handshakes without end: each costs a host the signature of its certificate, unless a ticket stands for it.
import { connect } from 'node:tls';
import { localAddress } from './sockets.mjs';

const atOnce = 64;

/** One, and what to resume it by, if that is wanted: undefined where there was none. */
function handshake(port, { session, wantsTicket }) {
  const socket = connect({
    ...{ port, host: '127.0.0.1', localAddress: localAddress(), servername: 'a.test' },
    ...{ rejectUnauthorized: false, session },
  });
  return new Promise((resolve) => {
    const done = (outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('error', () => {});
    socket.once('close', () => resolve(undefined));
    socket.once('secureConnect', () => {
      const resumed = socket.isSessionReused();
      if (!wantsTicket) done({ resumed });
      else socket.once('session', (ticket) => done({ resumed, ticket }));
    });
  });
}

/** `count` handshakes, 64 at once, for so many seconds at most; with `tickets` all but the first are resumed. */
export async function handshakes(port, { count, tickets = false, seconds }, underway) {
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  const saw = { completed: 0, resumed: 0, failed: 0 };
  let left = count;
  const worker = async () => {
    let session;
    while (left > 0 && performance.now() < end) {
      --left;
      const outcome = await handshake(port, { session, wantsTicket: tickets });
      if (!outcome) ++saw.failed;
      else ++saw.completed;
      if (outcome?.resumed) ++saw.resumed;
      session = outcome?.ticket;
    }
  };
  underway();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const took = (performance.now() - begun) / 1_000;
  return { ...saw, seconds: Number(took.toFixed(1)), perSecond: Math.round(saw.completed / took) };
}
