// Frames one by one: lengths, control frames, reserved bits and opcodes (RFC 6455, 5.2, 5.3 and 5.5).
//
// A case is { id, what, send, answers, pongs, close, where }. `send` makes the bytes, or a list of them, each of which
// goes out in a write of its own. `answers` counts the texts that are answered, `pongs` lists what the pongs hold,
// `close` is the code that the host closes with; without it the connection stays fit for use. `where` says of a
// speaker (speakers.mjs) whether it can say this. What is a function is asked for each speaker.
import { frame, opcode } from '../raw_socket.mjs';

const { text, ping, pong, close } = opcode;
const longestControl = 125;

/** In writes of so many bytes. */
export const chopped = (bytes, size) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );

const payload = (length) => Buffer.from(Array.from({ length }, (_, at) => at % 256));

/** The limit of a message is 65,536 bytes, the first length that takes eight bytes. */
const lengths = [40, 41, 42, 43, 44, 45, 46, 47, 48, 125, 126, 127, 128, 65_535, 65_536];

const sized = lengths.flatMap((length, at) => {
  const bytes = ({ text: say }) => frame(text, say(length));
  // Not byte by byte where that would be 65,536 writes.
  const step = length > 1_000 ? 997 : 1;
  return [
    { id: `1.1.${at + 1}`, what: `a text of ${length} bytes in one write`, send: bytes, answers: 1 },
    {
      id: `1.2.${at + 1}`,
      what: `a text of ${length} bytes, ${step} in a write`,
      send: (speaker) => chopped(bytes(speaker), step),
      answers: 1,
    },
  ];
});

const masks = [
  [0, 0, 0, 0],
  [255, 255, 255, 255],
  [1, 0, 0, 0],
  [0, 0, 0, 128],
].map((mask, at) => ({
  id: `1.3.${at + 1}`,
  what: `a masking key of ${mask.join(', ')}`,
  send: ({ text: say }) => maskedWith(mask, say(200)),
  answers: 1,
}));

function maskedWith(mask, payload) {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(4);
  head[0] = 0x80 | text;
  head[1] = 0x80 | 126;
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, Buffer.from(mask), bytes.map((byte, at) => byte ^ mask[at % 4])]);
}

const heads = [
  ['an unmasked text', ({ text: say }) => frame(text, say(40), { masked: false })],
  ['an unmasked text with a 16-bit length', ({ text: say }) => frame(text, say(300), { masked: false })],
  ['an unmasked ping', () => frame(ping, 'x', { masked: false })],
  ['an unmasked close frame', () => frame(close, '', { masked: false })],
  ['an unmasked frame of no bytes', () => frame(text, '', { masked: false })],
  ['a length under 126 in two bytes', ({ text: say }) => frame(text, say(125), { lengthBytes: 2 })],
  ['a length under 126 in eight bytes', ({ text: say }) => frame(text, say(125), { lengthBytes: 8 })],
  ['a length under 65,536 in eight bytes', ({ text: say }) => frame(text, say(65_535), { lengthBytes: 8 })],
].map(([what, send], at) => ({ id: `1.4.${at + 1}`, what, send, close: 1002 }));

const pings = [
  { id: '2.1', what: 'a ping of no bytes', send: () => frame(ping), pongs: [''] },
  { id: '2.2', what: 'a ping with a text in it', send: () => frame(ping, 'hello'), pongs: ['hello'] },
  {
    id: '2.3',
    what: 'a ping with bytes in it that are no UTF-8',
    send: () => frame(ping, Buffer.from([0, 255, 254, 253, 0, 128])),
    pongs: [Buffer.from([0, 255, 254, 253, 0, 128])],
  },
  {
    id: '2.4',
    what: 'a ping of 125 bytes',
    send: () => frame(ping, payload(longestControl)),
    pongs: [payload(longestControl)],
  },
  { id: '2.5', what: 'a ping of 126 bytes', send: () => frame(ping, payload(126)), close: 1002 },
  {
    id: '2.6',
    what: 'a ping of 125 bytes, byte by byte',
    send: () => chopped(frame(ping, payload(longestControl)), 1),
    pongs: [payload(longestControl)],
  },
  { id: '2.7', what: 'a pong that nobody asked for', send: () => frame(pong) },
  { id: '2.8', what: 'the same with a payload', send: () => frame(pong, 'unasked') },
  {
    id: '2.9',
    what: 'a pong, then a ping',
    send: () => Buffer.concat([frame(pong, 'unasked'), frame(ping, 'asked')]),
    pongs: ['asked'],
  },
  {
    id: '2.10',
    what: 'ten pings at once',
    send: () => Buffer.concat(Array.from({ length: 10 }, (_, at) => frame(ping, `ping ${at}`))),
    pongs: Array.from({ length: 10 }, (_, at) => `ping ${at}`),
  },
  {
    id: '2.11',
    what: 'ten pings, byte by byte',
    send: () => chopped(Buffer.concat(Array.from({ length: 10 }, (_, at) => frame(ping, `ping ${at}`))), 1),
    pongs: Array.from({ length: 10 }, (_, at) => `ping ${at}`),
  },
  { id: '2.12', what: 'a pong of 126 bytes', send: () => frame(pong, payload(126)), close: 1002 },
  {
    id: '2.13',
    what: 'a ping whose length has eight bytes',
    send: () => frame(ping, '', { length: 65_536, lengthBytes: 8 }),
    close: 1002,
  },
  {
    id: '2.14',
    what: 'a ping between two texts in one write',
    send: ({ text: say }) =>
      Buffer.concat([frame(text, say(50)), frame(ping, 'between'), frame(text, say(60))]),
    answers: 2,
    pongs: ['between'],
  },
];

/** The bits of `rsv` as frame() has them: RSV1 is 4. */
const everyReserved = [1, 2, 3, 4, 5, 6, 7];
const withReserved = [
  ['a text', ({ text: say }, rsv) => frame(text, say(40), { rsv }), {}],
  [
    'a text, after one that is none of it',
    ({ text: say }, rsv) => Buffer.concat([frame(text, say(40)), frame(text, say(40), { rsv })]),
    { answers: 1 },
  ],
  ['a text, byte by byte', ({ text: say }, rsv) => chopped(frame(text, say(40), { rsv }), 1), {}],
  ['a ping', (_, rsv) => frame(ping, 'hello', { rsv }), {}],
  ['a pong', (_, rsv) => frame(pong, 'hello', { rsv }), {}],
  ['a close frame', (_, rsv) => frame(close, Buffer.from([3, 232]), { rsv }), {}],
  ['a first fragment', (_, rsv) => frame(text, 'x', { rsv, fin: false }), {}],
  [
    'a continuation',
    (_, rsv) => Buffer.concat([frame(text, 'x', { fin: false }), frame(opcode.continuation, 'x', { rsv })]),
    {},
  ],
];
const reservedBits = withReserved.flatMap(([what, send, more], row) =>
  everyReserved.map((rsv, at) => ({
    id: `3.${row + 1}.${at + 1}`,
    what: `reserved bits ${rsv.toString(2).padStart(3, '0')} of ${what}`,
    send: (speaker) => send(speaker, rsv),
    close: 1002,
    ...more,
  })),
);

const reservedOpcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((code, at) => {
  const kind = code < 8 ? 'data' : 'control';
  const id = (variant) => `4.${code < 8 ? 1 : 2}.${(at % 5) + 1}.${variant}`;
  return [
    { id: id(1), what: `${kind} opcode ${code} without a payload`, send: () => frame(code), close: 1002 },
    {
      id: id(2),
      what: `${kind} opcode ${code} with a payload`,
      send: () => frame(code, 'hello'),
      close: 1002,
    },
    {
      id: id(3),
      what: `${kind} opcode ${code} after a text, in one write`,
      send: ({ text: say }) => Buffer.concat([frame(text, say(40)), frame(code, 'hello'), frame(ping)]),
      answers: 1,
      close: 1002,
    },
    {
      id: id(4),
      what: `${kind} opcode ${code} inside a fragmented text, byte by byte`,
      send: () => chopped(Buffer.concat([frame(text, '{', { fin: false }), frame(code, 'x')]), 1),
      close: 1002,
    },
  ];
});

const binary = [
  ['a binary message', ({ text: say }) => frame(opcode.binary, say(40))],
  ['a binary message of no bytes', () => frame(opcode.binary)],
].map(([what, send], at) => ({
  id: `1.5.${at + 1}`,
  what,
  send,
  where: ({ binaryIs }) => binaryIs !== undefined,
  close: ({ binaryIs }) => binaryIs,
}));

const empty = [
  ['a text of no bytes', () => frame(text)],
  [
    'a text of no bytes in three fragments',
    () =>
      Buffer.concat([
        frame(text, '', { fin: false }),
        frame(opcode.continuation, '', { fin: false }),
        frame(opcode.continuation),
      ]),
  ],
].map(([what, send], at) => ({
  id: `1.6.${at + 1}`,
  what,
  send,
  answers: ({ emptyIs }) => (emptyIs === undefined ? 1 : 0),
  close: ({ emptyIs }) => emptyIs,
}));

export const framing = [
  ...sized,
  ...masks,
  ...heads,
  ...binary,
  ...empty,
  ...pings,
  ...reservedBits,
  ...reservedOpcodes,
];
