// Messages in fragments, with control frames between them (RFC 6455, 5.4). What a case is: framing.mjs.
import { closeFrame, frame, opcode } from '../raw_socket.mjs';
import { chopped } from './framing.mjs';

const { continuation, text, ping, pong, close } = opcode;

/** One message in frames of these lengths, the last of which is as long as it must be. */
function fragments(message, sizes) {
  const bytes = Buffer.from(message);
  const frames = [];
  let at = 0;
  for (const size of [...sizes, Infinity]) {
    const end = Math.min(at + size, bytes.length);
    frames.push(
      frame(frames.length === 0 ? text : continuation, bytes.subarray(at, end), { fin: size === Infinity }),
    );
    at = end;
  }
  return frames;
}

const inTwo = (speaker, length = 60) => fragments(speaker.text(length), [20]);
const together = (...frames) => Buffer.concat(frames.flat());

const allowed = [
  ['a text in two fragments', (s) => inTwo(s)],
  ['the same in one write', (s) => together(inTwo(s))],
  ['the same byte by byte', (s) => chopped(together(inTwo(s)), 1)],
  ['a text whose first fragment is empty', (s) => fragments(s.text(60), [0])],
  ['a text whose last fragment is empty', (s) => fragments(s.text(60), [60])],
  ['a text with empty fragments all over', (s) => fragments(s.text(60), [0, 10, 0, 0, 20, 0])],
  ['a text in fragments of one byte', (s) => fragments(s.text(60), Array(59).fill(1))],
  ['the same in one write', (s) => together(fragments(s.text(60), Array(59).fill(1)))],
  ['a text of 65,536 bytes in fragments of 1,000', (s) => fragments(s.text(65_536), Array(65).fill(1_000))],
  [
    'the same in writes of 777 bytes',
    (s) => chopped(together(fragments(s.text(65_536), Array(65).fill(1_000))), 777),
  ],
  ['two texts in two fragments each', (s) => [...inTwo(s), ...inTwo(s, 70)], { answers: 2 }],
  [
    'a whole text between two in fragments',
    (s) => together(inTwo(s), frame(text, s.text(50)), inTwo(s)),
    { answers: 3 },
  ],
  [
    'a ping between two fragments',
    (s) => [inTwo(s)[0], frame(ping, 'between'), inTwo(s)[1]],
    { pongs: ['between'] },
  ],
  [
    'the same in one write',
    (s) => together(inTwo(s)[0], frame(ping, 'between'), inTwo(s)[1]),
    { pongs: ['between'] },
  ],
  [
    'the same byte by byte',
    (s) => chopped(together(inTwo(s)[0], frame(ping, 'between'), inTwo(s)[1]), 1),
    { pongs: ['between'] },
  ],
  ['a pong between two fragments', (s) => [inTwo(s)[0], frame(pong, 'unasked'), inTwo(s)[1]]],
  [
    'pings of 125 bytes between all of six fragments',
    (s) => {
      const frames = fragments(s.text(60), [10, 10, 10, 10, 10]);
      return together(frames.flatMap((each) => [each, frame(ping, 'p'.repeat(125))]));
    },
    { pongs: Array(6).fill('p'.repeat(125)) },
  ],
  [
    'a ping before the first fragment and one after the last',
    (s) => together(frame(ping, 'before'), inTwo(s), frame(ping, 'after')),
    { pongs: ['before', 'after'] },
  ],
].map(([what, send, more], at) => ({ id: `5.1.${at + 1}`, what, send, answers: 1, ...more }));

const forbidden = [
  ['a ping in two fragments', () => [frame(ping, 'he', { fin: false }), frame(continuation, 'llo')]],
  ['a pong in two fragments', () => [frame(pong, 'he', { fin: false }), frame(continuation, 'llo')]],
  ['a close frame that is not final', () => frame(close, Buffer.from([3, 232]), { fin: false })],
  ['a fragmented ping between two fragments', (s) => [inTwo(s)[0], frame(ping, 'x', { fin: false })]],
  ['a final continuation of nothing', (s) => together(frame(continuation, s.text(40)), frame(ping))],
  ['a continuation of nothing that is not final', () => frame(continuation, 'x', { fin: false })],
  ['an empty continuation of nothing', () => frame(continuation)],
  ['a continuation of nothing, byte by byte', (s) => chopped(frame(continuation, s.text(40)), 1)],
  [
    'a continuation after a whole text',
    (s) => together(frame(text, s.text(40)), frame(continuation, s.text(40))),
    { answers: 1 },
  ],
  [
    'a continuation after a text in fragments has ended',
    (s) => [...inTwo(s), frame(continuation, 'x')],
    { answers: 1 },
  ],
  ['a whole text inside a fragmented one', (s) => together(inTwo(s)[0], frame(text, s.text(40)))],
  ['a binary message inside a fragmented text', (s) => [inTwo(s)[0], frame(opcode.binary, s.text(40))]],
  [
    'the first fragment of a text inside a fragmented one',
    (s) => [inTwo(s)[0], frame(text, '{', { fin: false })],
  ],
  [
    'the same after a ping between them',
    (s) => [inTwo(s)[0], frame(ping, 'between'), frame(text, '{', { fin: false })],
    { pongs: ['between'] },
  ],
].map(([what, send, more], at) => ({ id: `5.2.${at + 1}`, what, send, close: 1002, ...more }));

const closing = [
  ['a close frame during a fragmented text', (s) => [inTwo(s)[0], closeFrame(1000)], { close: 1000 }],
  [
    'the rest of a text after a close frame',
    (s) => together(inTwo(s)[0], closeFrame(1000), inTwo(s)[1]),
    { close: 1000 },
  ],
].map(([what, send, more], at) => ({ id: `5.3.${at + 1}`, what, send, ...more }));

export const fragmentation = [...allowed, ...forbidden, ...closing];
