// How much a message may be: 65,536 bytes (RFC 6455, 7.4.1 and 10.4). What a case is: framing.mjs.
import { frame, opcode } from '../raw_socket.mjs';
import { chopped } from './framing.mjs';

const { continuation, text } = opcode;
const limit = 65_536;

const announced = (length) => () => frame(text, '', { length, lengthBytes: 8 });
const parts = (message, size) => {
  const pieces = chopped(Buffer.from(message), size);
  return pieces.map((piece, at) =>
    frame(at === 0 ? text : continuation, piece, { fin: at === pieces.length - 1 }),
  );
};

const taken = [
  ['a message of the limit', (s) => frame(text, s.text(limit))],
  ['the same in two halves', (s) => parts(s.text(limit), limit / 2)],
  ['the same in 64 parts and one write', (s) => Buffer.concat(parts(s.text(limit), limit / 64))],
  [
    'eight messages of the limit at once',
    (s) => Buffer.concat(Array.from({ length: 8 }, () => frame(text, s.text(limit)))),
    { answers: 8 },
  ],
].map(([what, send, more], at) => ({ id: `9.1.${at + 1}`, what, send, answers: 1, ...more }));

const refused = [
  ['one byte more than the limit', (s) => frame(text, s.text(limit + 1))],
  ['its announcement alone', announced(limit + 1)],
  ['the announcement of 1 GiB', announced(1024 ** 3)],
  ['of 4 GiB', announced(2 ** 32)],
  ['of 4 GiB and a byte, whose lower half is small', announced(2 ** 32 + 1)],
  ['of 2^63 - 1 bytes', announced(2n ** 63n - 1n)],
  ['two halves and a byte', (s) => parts(s.text(limit + 1), limit / 2)],
  ['the same in one write', (s) => Buffer.concat(parts(s.text(limit + 1), limit / 2))],
  ['64 parts and one more', (s) => parts(s.text(limit + 1_024), 1_024)],
  [
    'a fragment after which the next is announced as too much',
    () => [
      frame(text, 'x'.repeat(limit / 2), { fin: false }),
      frame(continuation, '', { length: limit / 2 + 1, lengthBytes: 2 }),
    ],
  ],
  [
    'a text before it, in the same write',
    (s) => Buffer.concat([frame(text, s.text(60)), announced(limit + 1)()]),
    { answers: 1 },
  ],
].map(([what, send, more], at) => ({ id: `9.2.${at + 1}`, what, send, close: 1009, ...more }));

export const limits = [...taken, ...refused];
