// Texts whose frames are right and whose JSON is a bomb, in every dialect.
import WebSocket from 'ws';
import { forSeconds, onceEach } from './sockets.mjs';

const many = 100_000;
const megabyte = 1024 * 1024;
const keys = (name) => Array.from({ length: many }, (_, at) => `${name(at)}:${at}`).join(',');

/** What stands for a value, or for a whole message. */
const bombs = {
  'lists in lists': `{"type":"join","meta":${'['.repeat(many)}${']'.repeat(many)}}`,
  'lists that never end': `{"type":${'['.repeat(many)}`,
  'objects in objects': `${'{"a":'.repeat(many)}1${'}'.repeat(many)}`,
  'a hundred thousand keys': `{"type":"teleport",${keys((at) => `"k${at}"`)}}`,
  'one key a hundred thousand times': `{"type":"teleport",${keys(() => '"type"')}}`,
  'a number of a megabyte': `{"type":"join","room":${'9'.repeat(megabyte)}}`,
  'a fraction of a megabyte': `{"type":"join","meta":0.${'1'.repeat(megabyte)}e-9}`,
  'an exponent of a megabyte': `{"type":"join","meta":1e${'9'.repeat(megabyte)}}`,
  'a string of escapes': `{"type":"${'\\u00e9'.repeat(megabyte / 6)}"}`,
  'a string that never ends': `{"type":"${'x'.repeat(megabyte)}`,
  'blanks alone': ' '.repeat(megabyte),
  'half surrogates': `{"type":"join","room":"${'\\ud800'.repeat(10_000)}"}`,
};

const speakers = [
  { path: '/ws', protocol: 'parley.v1' },
  { path: '/webrtc/signaling/bombs/eve' },
  { path: '/webrtc' },
  { path: '/?room=bombs' },
  { path: '/12345' },
  { path: '/socket.io/?EIO=4&transport=websocket', wrap: (text) => `42["join_room",${text}]`, hello: '40' },
];

/** What the host does with this text: the code it closes with, or whether it is there afterwards. */
function outcome(port, { path, protocol, wrap = (text) => text, hello }, text) {
  const options = { perMessageDeflate: false, localAddress: '127.0.0.2' };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol ?? [], options);
  return new Promise((resolve) => {
    socket.on('open', () => {
      if (hello) socket.send(hello);
      socket.send(wrap(text));
      // A pong follows whatever the text has come to.
      socket.ping();
    });
    socket.on('pong', () => {
      resolve('there');
      socket.terminate();
    });
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => {});
  });
}

export async function bomb(port, _options, underway) {
  const kinds = Object.entries(bombs).flatMap(([what, text]) =>
    speakers.map((speaker) => ({ what: `${what} at ${speaker.path}`, speaker, text })),
  );
  const outcomes = {};
  // Each more often than once: what is felt of them takes a while.
  await onceEach(Array(3).fill(kinds).flat(), 4, underway, async ({ what, speaker, text }) => {
    const came = await outcome(port, speaker, text);
    (outcomes[came] ??= new Set()).add(what);
  });
  return Object.fromEntries(Object.entries(outcomes).map(([came, whats]) => [came, [...whats]]));
}

/** Names that are made to be read wrongly, or to end something early. */
const names = [
  'a\u0000b',
  '\u0000',
  'a\nb\r\nc',
  '\u001b[2Jada',
  'x\u007f',
  'ada\u202Eevil',
  '\u2066ada\u2069\u200f',
  '\ufeffada',
  '../../etc/passwd',
  '%00%2e%2e%2f',
  '<script>alert(1)</script>',
  '"},{"type":"joined"',
  "ada'; DROP TABLE rooms;--",
  '\u{10ffff}\ufffe',
  'e' + '\u0301'.repeat(60),
  'x'.repeat(129),
  '',
];

/** Joins under each of them; whose room then lists something else than what was sent. */
export async function odd(port, { seconds = 3 }, underway) {
  const wrong = [];
  const answers = {};
  const act = async (number, round) => {
    const name = names[(number + round) % names.length];
    const answer = await joinAs(port, name, `odd-${number}-${round}`);
    const kind = answer.type === 'error' ? answer.code : answer.type;
    answers[kind] = (answers[kind] ?? 0) + 1;
    if (answer.type === 'joined' && (answer.self !== name || answer.room !== name)) wrong.push(answer);
  };
  const rounds = await forSeconds(seconds, 4, underway, act);
  return { rounds, wrong, answers };
}

function joinAs(port, name, secret) {
  const options = { perMessageDeflate: false, localAddress: '127.0.0.3' };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'parley.v1', options);
  return new Promise((resolve) => {
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'join', room: name, peer: name, name, secret })),
    );
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data));
      if (answer.type !== 'joined' && answer.type !== 'error') return;
      resolve(answer);
      // So that the next of this name need not wait for a sign of life of this one.
      if (answer.type === 'joined') socket.send('{"type":"leave"}', () => socket.close(1000));
      else socket.close(1000);
    });
    socket.on('close', (code) => resolve({ type: `closed with ${code}` }));
    socket.on('error', () => {});
  });
}
