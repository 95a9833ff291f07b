// What RFC 6455 forbids, and what it allows and few clients do, by raw sockets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { startHost } from './host.mjs';
import { RawSocket, closeFrame, frame, opcode } from './raw_socket.mjs';

const join = JSON.stringify({ type: 'join', room: 'r', peer: 'raw', secret: 'x' });
const ping = JSON.stringify({ type: 'ping' });

/** What a connection that sends this is closed with. */
async function closedWith(t, bytes, options) {
  const host = await startHost(t);
  const raw = await RawSocket.open(host, options);
  await raw.write(bytes);
  const close = await raw.frameOf(opcode.close);
  assert.ok(close, 'the connection ended without a close frame');
  await raw.end();
  raw.destroy();
  return close.code;
}

const forbidden = [
  ['a reserved bit', 1002, () => frame(opcode.text, ping, { rsv: 4 })],
  ['a reserved data opcode', 1002, () => frame(3, ping)],
  ['a reserved control opcode', 1002, () => frame(11, 'x')],
  ['an unmasked frame', 1002, () => frame(opcode.text, ping, { masked: false })],
  [
    'an unmasked frame with a 16-bit length',
    1002,
    () => frame(opcode.text, 'x'.repeat(300), { masked: false }),
  ],
  ['a fragmented ping', 1002, () => frame(opcode.ping, 'x', { fin: false })],
  ['a ping of 126 bytes', 1002, () => frame(opcode.ping, 'x'.repeat(126))],
  ['a continuation of nothing', 1002, () => frame(opcode.continuation, 'x')],
  [
    'a message inside a fragmented one',
    1002,
    () => Buffer.concat([frame(opcode.text, '{', { fin: false }), frame(opcode.text, '}')]),
  ],
  ['a length in more bytes than it takes', 1002, () => frame(opcode.text, ping, { lengthBytes: 8 })],
  ['a close frame of one byte', 1002, () => frame(opcode.close, 'x')],
  ['a close code that may not be sent', 1002, () => closeFrame(1005)],
  ['a close code of nobody', 1002, () => closeFrame(999)],
  ['a close reason that is not UTF-8', 1007, () => closeFrame(1000, Buffer.from([0xff, 0xfe]))],
  ['text that is not UTF-8', 1007, () => frame(opcode.text, Buffer.from([0x22, 0xc3, 0x28, 0x22]))],
  ['an overlong encoding', 1007, () => frame(opcode.text, Buffer.from([0x22, 0xc0, 0xaf, 0x22]))],
  ['half of a surrogate pair', 1007, () => frame(opcode.text, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))],
  ['a binary message', 1003, () => frame(opcode.binary, ping)],
  ['a message over the limit', 1009, () => frame(opcode.text, 'x'.repeat(65537))],
  [
    'more empty fragments than a second has',
    1008,
    () =>
      Buffer.concat([
        frame(opcode.text, '', { fin: false }),
        ...Array.from({ length: 5_000 }, () => frame(opcode.continuation, '', { fin: false })),
      ]),
  ],
  [
    'more pings than a second has',
    1008,
    () => Buffer.concat(Array.from({ length: 5_000 }, () => frame(opcode.ping))),
  ],
  [
    'more pongs than a second has',
    1008,
    () => Buffer.concat(Array.from({ length: 5_000 }, () => frame(opcode.pong))),
  ],
  [
    'fragments that are over the limit together',
    1009,
    () =>
      Buffer.concat([
        frame(opcode.text, 'x'.repeat(40000), { fin: false }),
        frame(opcode.continuation, 'x'.repeat(40000)),
      ]),
  ],
  [
    'a length with its highest bit set',
    1009,
    () => frame(opcode.text, '', { length: 2n ** 63n, lengthBytes: 8 }),
  ],
];
for (const [what, code, bytes] of forbidden) {
  test(`${what} closes with ${code}`, async (t) => assert.equal(await closedWith(t, bytes()), code));
}

test('what came before a broken frame is handled, even in the same segment', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host);
  await raw.write(Buffer.concat([frame(opcode.text, ping), frame(opcode.text, ping), frame(3, '')]));
  assert.equal((await raw.json()).type, 'pong');
  assert.equal((await raw.json()).type, 'pong');
  assert.equal((await raw.frameOf(opcode.close)).code, 1002);
});

test('a broken frame that comes with the upgrade request is found, too', async (t) => {
  const unmasked = frame(opcode.text, ping, { masked: false });
  assert.equal(await closedWith(t, Buffer.alloc(0), { with: unmasked }), 1002);
});

test('a frame that comes with the upgrade request is handled', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host, { with: frame(opcode.text, ping) });
  assert.equal((await raw.json()).type, 'pong');
});

test('a message may come in fragments, with control frames between them', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host);
  await raw.write(
    Buffer.concat([
      frame(opcode.text, join.slice(0, 10), { fin: false }),
      frame(opcode.ping, 'between'),
      frame(opcode.continuation, '', { fin: false }),
      frame(opcode.continuation, join.slice(10, 30), { fin: false }),
      frame(opcode.pong, 'unasked'),
      frame(opcode.continuation, join.slice(30)),
    ]),
  );
  const pong = await raw.frame();
  assert.equal(pong.opcode, opcode.pong);
  assert.equal(pong.payload.toString(), 'between');
  assert.equal((await raw.json()).type, 'joined');
});

test('a character may be divided between two fragments', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host);
  const bytes = Buffer.from(JSON.stringify({ type: 'join', room: 'r', secret: 'x', name: 'Žofie 🦦' }));
  const cut = bytes.indexOf(Buffer.from('🦦')) + 2;
  await raw.write(frame(opcode.text, bytes.subarray(0, cut), { fin: false }));
  await raw.write(frame(opcode.continuation, bytes.subarray(cut)));
  assert.equal((await raw.json()).type, 'joined');
});

test('a frame may come byte by byte', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host);
  const padded = JSON.stringify({ type: 'ping', padding: 'x'.repeat(200) }); // a 16-bit length
  for (const byte of frame(opcode.text, padded)) await raw.write(Buffer.of(byte));
  assert.equal((await raw.json()).type, 'pong');
});

test('many frames may come in one segment', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host);
  await raw.write(Buffer.concat(Array.from({ length: 100 }, () => frame(opcode.text, ping))));
  for (let i = 0; i < 100; ++i) assert.equal((await raw.json()).type, 'pong');
});

test('a message of exactly the limit is taken', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host);
  const bare = JSON.stringify({ type: 'ping', padding: '' });
  await raw.write(
    frame(opcode.text, JSON.stringify({ type: 'ping', padding: 'x'.repeat(65536 - bare.length) })),
  );
  assert.equal((await raw.json()).type, 'pong');
});

test('the host sends unmasked, whole frames', async (t) => {
  const host = await startHost(t);
  const raw = await RawSocket.open(host);
  await raw.write(frame(opcode.text, join));
  const joined = await raw.frame();
  assert.equal(joined.opcode, opcode.text);
  assert.equal(joined.fin, true);
  assert.equal(joined.masked, false);
});

test('a close frame is answered with its code, and the host ends the connection', async (t) => {
  const host = await startHost(t);
  for (const code of [1000, 1001, 3000, 4999]) {
    const raw = await RawSocket.open(host);
    await raw.write(closeFrame(code, 'bye'));
    assert.equal((await raw.frameOf(opcode.close)).code, code);
    await raw.end();
  }
  const raw = await RawSocket.open(host);
  await raw.write(frame(opcode.close));
  assert.equal((await raw.frameOf(opcode.close)).payload.length, 0);
  await raw.end();
});

test('nothing that one client breaks is felt by another', async (t) => {
  const host = await startHost(t);
  const ada = await Client.join(host, 'r', 'ada');
  for (const [, , bytes] of forbidden) {
    const raw = await RawSocket.open(host);
    await raw.write(bytes());
    raw.destroy();
  }
  await ada.ping();
});
