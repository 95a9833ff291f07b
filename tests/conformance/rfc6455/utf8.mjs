// Which bytes are UTF-8 (RFC 6455, 8.1; RFC 3629; the table of well-formed sequences in The Unicode Standard, 3.9).
// What a case is: framing.mjs. With `returned`, the answer must bring back what the text held.
import { frame, opcode } from '../raw_socket.mjs';
import { chopped } from './framing.mjs';

const { continuation, text, ping } = opcode;
const hex = (bytes) => Buffer.from(bytes).toString('hex').replace(/../g, '$& ').trim();
const scalar = (code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

/** The first and the last of each row of that table, with their neighbours. */
const edges = [
  0x20, 0x7e, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0x7fe, 0x7ff, 0x800, 0x801, 0xfff, 0x1000, 0x1fff, 0xcfff, 0xd000,
  0xd7fe, 0xd7ff, 0xe000, 0xe001, 0xfffd, 0x10000, 0x10001, 0x3ffff, 0x40000, 0xfffff, 0x100000, 0x10fffe,
  0x10ffff,
];
/** Characters of no meaning are characters. */
const noncharacters = [
  0xfdd0,
  0xfdef,
  0xfeff,
  ...Array.from({ length: 17 }, (_, plane) => plane * 0x10000 + 0xffff),
];
const ofEachPlane = Array.from({ length: 17 }, (_, plane) => plane * 0x10000 + 0x8a5c);
const texts = {
  Greek: 'κόσμε Ἀλφάβητον',
  Japanese: 'いろはにほへと',
  'an emoji of several': '👩‍👩‍👧‍👦 🦦',
  'letters with marks': 'e\u0301 o\u0308 z\u0335\u0310\u0353',
  'right to left': 'שלום مرحبا',
};

const holding = (bytes) => (speaker) => frame(text, speaker.holding(Buffer.from(bytes)));
const valid = [
  ...[...edges, ...noncharacters, ...ofEachPlane].map((code) => [scalar(code), String.fromCodePoint(code)]),
  ...Object.entries(texts),
].map(([what, held], at) => ({
  id: `6.1.${at + 1}`,
  what,
  send: holding(held),
  answers: 1,
  returned: held,
}));

const lone = Array.from({ length: 64 }, (_, at) => [0x80 + at]);
const impossible = [0xc0, 0xc1, ...Array.from({ length: 11 }, (_, at) => 0xf5 + at)].flatMap((byte) => [
  [byte],
  [byte, 0x80],
  [byte, 0x80, 0x80, 0x80],
]);
const cutShort = [
  [0xc2],
  [0xdf],
  [0xe0],
  [0xe0, 0xa0],
  [0xef, 0xbf],
  [0xed, 0x9f],
  [0xf0],
  [0xf0, 0x90],
  [0xf0, 0x90, 0x80],
  [0xf4, 0x8f, 0xbf],
  [0xc2, 0xc2, 0x80],
  [0xe2, 0x82, 0xe2, 0x82, 0xac],
];
const overlong = [
  [0xc0, 0x80],
  [0xc0, 0xaf],
  [0xc1, 0xbf],
  [0xe0, 0x80, 0x80],
  [0xe0, 0x80, 0xaf],
  [0xe0, 0x9f, 0xbf],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf0, 0x80, 0x80, 0xaf],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf8, 0x80, 0x80, 0x80, 0xaf],
  [0xfc, 0x80, 0x80, 0x80, 0x80, 0xaf],
];
const surrogates = [
  [0xed, 0xa0, 0x80],
  [0xed, 0xad, 0xbf],
  [0xed, 0xae, 0x80],
  [0xed, 0xaf, 0xbf],
  [0xed, 0xb0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
  [0xed, 0xaf, 0xbf, 0xed, 0xbf, 0xbf],
];
const tooFar = [
  [0xf4, 0x90, 0x80, 0x80],
  [0xf4, 0xbf, 0xbf, 0xbf],
  [0xf5, 0x80, 0x80, 0x80],
  [0xf7, 0xbf, 0xbf, 0xbf],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xfd, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf],
];
const wrongSecond = [
  [0xc2, 0x41],
  [0xe1, 0x41, 0x80],
  [0xe1, 0x80, 0xc0],
  [0xf1, 0x80, 0x41, 0x80],
  [0xf1, 0x80, 0x80, 0xff],
];
const invalid = Object.entries({
  lone,
  impossible,
  cutShort,
  overlong,
  surrogates,
  tooFar,
  wrongSecond,
}).flatMap(([, sequences], row) =>
  sequences.map((bytes, at) => ({
    id: `6.${row + 2}.${at + 1}`,
    what: `the bytes ${hex(bytes)}`,
    send: holding(bytes),
    close: 1007,
  })),
);

/** A text that holds these bytes, cut at these places of them. */
function cut(speaker, bytes, places) {
  const marker = Buffer.from('\u0001');
  const around = speaker.holding(marker);
  const start = around.indexOf(marker);
  const whole = speaker.holding(Buffer.from(bytes));
  const ends = [...places.map((place) => start + place), whole.length];
  return ends.map((end, at) =>
    frame(at === 0 ? text : continuation, whole.subarray(ends[at - 1] ?? 0, end), {
      fin: at === ends.length - 1,
    }),
  );
}

const characters = ['é', '€', '🦦', '\u{10ffff}'];
const places = (bytes) => Array.from({ length: bytes.length - 1 }, (_, at) => at + 1);
const divided = [
  ...characters.flatMap((held) => {
    const bytes = Buffer.from(held);
    return [
      ...places(bytes).map((place) => [
        `${held} in two fragments after ${place} of its bytes`,
        (s) => cut(s, bytes, [place]),
        { answers: 1, returned: held },
      ]),
      [
        `${held} in a fragment for each byte, with a ping between them`,
        (s) => cut(s, bytes, places(bytes)).flatMap((each, at) => (at === 1 ? [frame(ping), each] : [each])),
        { answers: 1, returned: held, pongs: [''] },
      ],
      [`${held}, byte by byte`, (s) => chopped(holding(bytes)(s), 1), { answers: 1, returned: held }],
      [
        `a text that ends within ${held}`,
        (s) => frame(text, Buffer.concat([Buffer.from(s.text(40)), bytes.subarray(0, -1)])),
        { close: 1007 },
      ],
      [
        `a text whose last fragment ends within ${held}`,
        (s) => [
          frame(text, s.text(40), { fin: false }),
          frame(continuation, bytes.subarray(0, -1), { fin: true }),
        ],
        { close: 1007 },
      ],
      [
        `${held} that begins in one text and ends in the next`,
        (s) => [frame(text, bytes.subarray(0, 1)), frame(text, bytes.subarray(1))],
        { close: 1007 },
      ],
    ];
  }),
  [
    'a bad byte in the first of two fragments',
    (s) => [
      frame(text, Buffer.concat([Buffer.from(s.text(40)), Buffer.from([0xff])]), { fin: false }),
      frame(continuation, 'x'),
    ],
    { close: 1007 },
  ],
  ['an overlong encoding in two fragments', (s) => cut(s, [0xe0, 0x80, 0xaf], [1]), { close: 1007 }],
  ['a surrogate in three fragments', (s) => cut(s, [0xed, 0xa0, 0x80], [1, 2]), { close: 1007 }],
  [
    'a code point too far, byte by byte',
    (s) => chopped(holding([0xf4, 0x90, 0x80, 0x80])(s), 1),
    { close: 1007 },
  ],
].map(([what, send, more], at) => ({ id: `6.9.${at + 1}`, what, send, ...more }));

export const utf8 = [...valid, ...invalid, ...divided];
