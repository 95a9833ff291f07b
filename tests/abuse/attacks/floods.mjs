// WebSockets that send as fast as they can, what each of them may send.
import { frame, opcode } from '../../conformance/raw_socket.mjs';
import { closed, forSeconds, upgraded } from './sockets.mjs';

const say = (message) => frame(opcode.text, JSON.stringify(message));
const leave = { type: 'leave' };
const batch = 50;
const atOnce = 40;

/** Sends what `messages(number, round)` says, as fast as it is taken, on connections that come back when they are closed. */
async function flood(port, { seconds = 3 }, underway, messages) {
  let connections = 0;
  const batches = await forSeconds(seconds, atOnce, underway, async (number, round) => {
    const socket = await upgraded(port);
    if (!socket) return;
    ++connections;
    socket.resume();
    const gone = closed(socket);
    for (let at = 0; at < 20 && socket.writable; ++at) {
      const bytes = Buffer.concat(messages(number, round * 20 + at).map(say));
      await Promise.race([gone, new Promise((resolve) => socket.write(bytes, resolve))]);
    }
    socket.destroy();
  });
  return { connections, batches };
}

const times = (make) => Array.from({ length: batch }, (_, at) => make(at)).flat();

/** In and out of a few rooms, where the others hear of it. */
export const joins = (port, options, underway) =>
  flood(port, options, underway, (number) =>
    times(() => [
      { type: 'join', room: `flood-${number % 5}`, peer: `eve-${number}`, secret: `s${number}` },
      leave,
    ]),
  );

/** One room after the other. */
export const rooms = (port, options, underway) =>
  flood(port, options, underway, (number, round) =>
    times((at) => [
      { type: 'join', room: `room-${number}-${round}-${at}`, peer: 'eve', secret: `s${number}` },
      leave,
    ]),
  );

/** Online and offline. */
export const registrations = (port, options, underway) =>
  flood(port, options, underway, (number, round) =>
    times((at) => [
      { type: 'register', name: `user-${number}-${round}-${at}`, secret: `s${number}` },
      { type: 'users' },
      leave,
    ]),
  );

/** Everybody rings everybody. */
export const rings = (port, options, underway) =>
  flood(port, options, underway, (number, round) => [
    { type: 'register', name: `ringer-${number}`, secret: `s${number}` },
    ...times((at) => [
      { type: 'call', name: `ringer-${(number + 1 + at) % atOnce}`, callId: round * batch + at + 1 },
      { type: 'cancel', name: `ringer-${(number + 1 + at) % atOnce}` },
    ]),
  ]);

/** Signals as large as they may be, to a member who has stopped reading. */
export async function stopped(port, { seconds = 3, pairs = 20 }, underway) {
  const large = 'x'.repeat(60_000);
  let sent = 0;
  const rounds = await forSeconds(seconds, pairs, underway, async (number, round) => {
    const room = `stopped-${number}-${round}`;
    const [reader, sender] = await Promise.all([upgraded(port), upgraded(port)]);
    if (!reader || !sender) return;
    reader.write(say({ type: 'join', room, peer: 'reader', secret: 'r' }));
    reader.pause();
    sender.write(say({ type: 'join', room, peer: 'sender', secret: 's' }));
    sender.resume();
    const signal = say({ type: 'signal', to: 'reader', description: { type: 'offer', sdp: large } });
    const gone = closed(sender);
    for (let at = 0; at < 100 && sender.writable; ++at) {
      await Promise.race([gone, new Promise((resolve) => sender.write(signal, resolve))]);
      ++sent;
    }
    reader.destroy();
    sender.destroy();
  });
  return { rounds, sent };
}
