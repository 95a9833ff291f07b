// The end of a connection (RFC 6455, 5.5.1 and 7). What a case is: framing.mjs. `close` is `none` where the host
// answers with a close frame that holds nothing.
import { closeFrame, frame, opcode } from '../raw_socket.mjs';
import { chopped } from './framing.mjs';

const { text, ping, close } = opcode;
const together = (...frames) => Buffer.concat(frames);
const say = (speaker) => frame(text, speaker.text(40));

const ways = [
  ['a text, then a close frame', (s) => [say(s), closeFrame(1000)], 1000, { answers: 1 }],
  ['the same in one write', (s) => together(say(s), closeFrame(1000)), 1000, { answers: 1 }],
  ['two close frames', () => together(closeFrame(1000), closeFrame(1001)), 1000],
  ['a ping after a close frame', () => together(closeFrame(1000), frame(ping, 'late')), 1000],
  ['a text after a close frame', (s) => together(closeFrame(1000), say(s)), 1000],
  ['a broken frame after a close frame', () => together(closeFrame(1000), frame(3, 'x', { rsv: 7 })), 1000],
  ['65,536 bytes after a close frame', () => together(closeFrame(1000), Buffer.alloc(65_536, 0x99)), 1000],
  ['a ping, then a close frame', () => together(frame(ping, 'x'), closeFrame(1000)), 1000, { pongs: ['x'] }],
  ['a close frame, byte by byte', () => chopped(closeFrame(1000, 'bye'), 1), 1000],
].map(([what, send, code, more], at) => ({ id: `7.1.${at + 1}`, what, send, close: code, ...more }));

const payloads = [
  ['no payload', () => frame(close), 'none'],
  ['one byte', () => frame(close, 'x'), 1002],
  ['a code alone', () => closeFrame(1000), 1000],
  ['a code and a reason', () => closeFrame(1000, 'Auf Wiedersehen, à bientôt, 再见'), 1000],
  ['125 bytes', () => closeFrame(1000, 'r'.repeat(123)), 1000],
  ['126 bytes', () => closeFrame(1000, 'r'.repeat(124)), 1002],
  ['126 bytes in a length of eight bytes', () => frame(close, 'r'.repeat(126), { lengthBytes: 8 }), 1002],
  ['a reason that is not UTF-8', () => closeFrame(1000, Buffer.from([0xce, 0xba, 0xff, 0xbc])), 1007],
  ['a reason that ends in a character', () => closeFrame(1000, Buffer.from([0x61, 0xe2, 0x82])), 1007],
  ['a surrogate in its reason', () => closeFrame(1000, Buffer.from([0xed, 0xa0, 0x80])), 1007],
  ['an overlong encoding in its reason', () => closeFrame(1000, Buffer.from([0xc0, 0x80])), 1007],
].map(([what, send, code], at) => ({
  id: `7.3.${at + 1}`,
  what: `a close frame with ${what}`,
  send,
  close: code,
}));

// Section 7.4, and what IANA has registered since: 1012 to 1014.
const valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
const ofLibraries = [3000, 3001, 3999];
const ofApplications = [4000, 4001, 4999];
const invalid = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 9999, 32_768, 65_535];

const codes = [
  ...[...valid, ...ofLibraries, ...ofApplications].map((code, at) => ({
    id: `7.7.${at + 1}`,
    what: `close code ${code}`,
    send: () => closeFrame(code, 'why'),
    close: code,
  })),
  ...invalid.map((code, at) => ({
    id: `7.9.${at + 1}`,
    what: `close code ${code}, which may not be sent`,
    send: () => closeFrame(code, 'why'),
    close: 1002,
  })),
];

export const closing = [...ways, ...payloads, ...codes];
