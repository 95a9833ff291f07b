// The host is no echo server: how to say, in a dialect, a text of a given length that is answered, and how the answer
// is known.
import { RawSocket, opcode, upgradeRequest } from '../raw_socket.mjs';

const filled = (start, end) => (length) => {
  const filling = length - Buffer.byteLength(start) - Buffer.byteLength(end);
  if (filling < 0) throw new Error(`no message of this dialect is as short as ${length} bytes`);
  return start + 'x'.repeat(filling) + end;
};

const requestFor = (path) =>
  upgradeRequest.replace('/ws', path).replace('Sec-WebSocket-Protocol: parley.v1\r\n', '');

const parley = {
  name: 'parley.v1',
  request: upgradeRequest,
  /** Of exactly so many bytes. */
  text: filled('{"type":"ping","filling":"', '"}'),
  /** A text with these bytes in it, answered where they are UTF-8 and as good in JSON. */
  holding: (bytes) => Buffer.concat([Buffer.from('{"type":"'), bytes, Buffer.from('"}')]),
  isAnswer: (text) => /^\{"type":"(pong|error)",/.test(text),
  /** What the answer says of the bytes that `holding` was given. */
  returned: (text) => JSON.parse(text).re,
  /** What a binary message is closed with. */
  binaryIs: 1003,
};

const fastapi = {
  name: 'fastapi',
  request: requestFor('/webrtc/signaling/rfc6455/ada'),
  welcome: /^\{"type":"existing_peers"/,
  text: filled('{"type":"teleport","filling":"', '"}'),
  holding: (bytes) => Buffer.concat([Buffer.from('{"type":"teleport","to":"'), bytes, Buffer.from('"}')]),
  isAnswer: (text) => text.startsWith('{"type":"error",'),
  binaryIs: 1003,
};

const socketio = {
  name: 'socketio',
  request: requestFor('/socket.io/?EIO=4&transport=websocket'),
  welcome: /^0\{/,
  async enter(raw, send) {
    send(opcode.text, '40');
    await raw.frameOf(opcode.text);
  },
  text: filled('421["teleport","', '"]'),
  holding: (bytes) => Buffer.concat([Buffer.from('421["teleport","'), bytes, Buffer.from('"]')]),
  isAnswer: (text) => text === '431[]',
  /** Each event is answered by an error as well. */
  isBeside: (text) => text.startsWith('42["error",'),
  /** What a text of no bytes is closed with, where it is not answered: an Engine.IO packet has a type. */
  emptyIs: 1002,
};

export const speakers = [parley, fastapi, socketio];

/** A connection on which this dialect is spoken, all that comes before the first message taken. */
export async function open(host, speaker, send) {
  const raw = new RawSocket(host.port);
  raw.write(speaker.request);
  raw.response = await raw.head();
  if (!raw.response.startsWith('HTTP/1.1 101 ')) throw new Error(`no WebSocket: ${raw.response}`);
  if (speaker.welcome) {
    const { payload } = await raw.frameOf(opcode.text);
    if (!speaker.welcome.test(payload)) throw new Error(`another welcome: ${payload}`);
  }
  await speaker.enter?.(raw, (...parts) => send(raw, ...parts));
  return raw;
}
