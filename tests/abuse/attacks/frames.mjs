// WebSockets that say what RFC 6455 forbids, again and again.
import { RawSocket, closeFrame, frame, opcode } from '../../conformance/raw_socket.mjs';
import { closed, forSeconds, upgraded } from './sockets.mjs';

const { text, continuation, ping } = opcode;
const atOnce = 20;
const localAddress = '127.0.0.4';

const broken = [
  () => frame(text, Buffer.from([0x22, 0xc3, 0x28, 0x22])),
  () => frame(text, Buffer.from([0xed, 0xa0, 0x80])),
  () => closeFrame(1000, Buffer.from([0xff])),
  ...[1, 2, 4, 7].map((rsv) => () => frame(text, 'x', { rsv })),
  ...[3, 7, 11, 15].map((code) => () => frame(code, 'x')),
  () => frame(text, '{}', { masked: false }),
  () => frame(text, 'x'.repeat(70_000), { masked: false }),
  () => frame(continuation, 'x'),
  () => frame(ping, 'x'.repeat(126)),
  () => closeFrame(1005),
];

/** The code that the host closes with. */
async function closeCode(raw) {
  const close = await raw.frameOf(opcode.close);
  raw.socket.end();
  await raw.end();
  raw.destroy();
  return close?.code ?? 'none';
}

async function closings(port, seconds, underway, write) {
  const codes = {};
  const rounds = await forSeconds(seconds, atOnce, underway, async (number, round) => {
    const raw = await RawSocket.open({ port }, { localAddress });
    if (!raw.response.startsWith('HTTP/1.1 101')) return raw.destroy();
    await write(raw, number, round);
    const code = await closeCode(raw);
    codes[code] = (codes[code] ?? 0) + 1;
  });
  return { rounds, codes };
}

/** Every kind of broken frame in turn. */
export const malformed = (port, { seconds = 3 }, underway) =>
  closings(port, seconds, underway, (raw, number, round) =>
    raw.write(broken[(number + round) % broken.length]()),
  );

/** 1 GiB announced, of which some is sent. */
export const announced = (port, { seconds = 3 }, underway) =>
  closings(port, seconds, underway, async (raw) => {
    await raw.write(frame(text, '', { length: 1024 ** 3, lengthBytes: 8 }));
    const some = Buffer.alloc(256 * 1024, 0x55);
    for (let at = 0; at < 4 && raw.socket.writable; ++at) await raw.write(some);
  });

/** As many fragments of a byte each as a message may have bytes, and far more than one needs. */
const tenThousand = Buffer.concat([
  frame(text, '"', { fin: false }),
  ...Array.from({ length: 10_000 }, () => frame(continuation, 'x', { fin: false })),
]);
export const fragments = (port, { seconds = 3 }, underway) =>
  closings(port, seconds, underway, (raw) => raw.write(tenThousand));

/** Pings and pongs as fast as they go. */
const pings = Buffer.concat(
  Array.from({ length: 5_000 }, (_, at) => frame(at % 2 ? ping : opcode.pong, 'x')),
);
export const control = (port, { seconds = 3 }, underway) =>
  closings(port, seconds, underway, (raw) => raw.write(pings));

/** A frame is announced within the limit, and then its sender holds on with all but a byte of it sent. */
export async function unfinished(port, { count = 300 }, underway) {
  const sockets = [];
  const bytes = frame(text, 'x'.repeat(60_000));
  for (let at = 0; at < count; at += 50)
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => upgraded(port)))));
  const there = sockets.filter(Boolean);
  for (const socket of there) socket.write(bytes.subarray(0, -1));
  underway();
  await Promise.race([Promise.all(there.map(closed)), new Promise((resolve) => setTimeout(resolve, 3_000))]);
  return { there: there.length };
}
