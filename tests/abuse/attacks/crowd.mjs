// Thousands of users with the longest names there are, who come online at once; some of them read nothing.
import { frame, opcode } from '../../conformance/raw_socket.mjs';
import { upgraded } from './sockets.mjs';

const nameBytes = 120;
const atOnce = 100;
const needle = '{"type":"users';
const wantsMore = frame(opcode.text, '{"type":"users"}');

export const nameOf = (number) => `user-${number}-`.padEnd(nameBytes, 'x');

/** A user that reads its list as a page does: it asks for more after each part. */
function read(socket) {
  socket.on('data', (data) => {
    const text = data.latin1Slice();
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) socket.write(wantsMore);
  });
  socket.resume();
}

/** Whether the host does, before it closes. */
const saysRegistered = (socket) =>
  new Promise((resolve) => {
    let text = '';
    const look = (data) => {
      text += data.latin1Slice();
      if (!text.includes('"registered"')) return;
      socket.off('data', look);
      resolve(true);
    };
    socket.on('data', look).once('close', () => resolve(false));
  });

export async function crowd(port, { count, mute }, underway) {
  const sockets = [];
  let registered = 0;
  let lost = 0;
  for (let at = 0; at < count; at += atOnce) {
    const some = await Promise.all(Array.from({ length: atOnce }, () => upgraded(port)));
    await Promise.all(
      some.map(async (socket, number) => {
        if (!socket) return;
        sockets.push(socket);
        socket.once('close', () => ++lost);
        const answered = saysRegistered(socket);
        const name = nameOf(at + number);
        socket.write(
          frame(opcode.text, JSON.stringify({ type: 'register', name, secret: name.slice(0, 64) })),
        );
        if (await answered) ++registered;
        if (at + number < mute) socket.pause();
        else read(socket);
      }),
    );
  }
  underway({ registered });
  return new Promise((resolve) => setTimeout(() => resolve({ registered, lost }), 5_000));
}
