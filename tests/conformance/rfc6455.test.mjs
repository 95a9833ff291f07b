// RFC 6455 case by case, in Parley's own protocol, in that of a foreign dialect, and under Socket.IO. The tables are in
// rfc6455/. Each case has a connection of its own; what counts is what comes until that connection ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHost } from './host.mjs';
import { RawSocket, closeFrame, frame, opcode, upgradeRequest } from './raw_socket.mjs';
import { closing } from './rfc6455/closing.mjs';
import { fragmentation } from './rfc6455/fragments.mjs';
import { framing } from './rfc6455/framing.mjs';
import { limits } from './rfc6455/limits.mjs';
import { open, speakers } from './rfc6455/speakers.mjs';
import { utf8 } from './rfc6455/utf8.mjs';

const tables = {
  'frames are taken and refused as RFC 6455 has them': framing,
  'messages come in fragments as RFC 6455 has them': fragmentation,
  'text is UTF-8 as RFC 3629 has it': utf8,
  'connections end as RFC 6455 has it': closing,
  'messages over the limit are refused before they are read': limits,
};

/** All that arrives, in the order of its kind; how it ends. */
class Heard {
  answers = [];
  pongs = [];
  closes = [];

  constructor(raw, speaker) {
    this.raw = raw;
    this.speaker = speaker;
    this.left = this.#listen();
  }

  /** Once this is true of what was heard, or the connection has ended. */
  until(enough) {
    return new Promise((resolve) => {
      this.check = () => enough(this) && resolve();
      this.check();
      this.left.then(resolve);
    });
  }

  async #listen() {
    for (let next; (next = await this.raw.frame()); this.check?.()) {
      assert.ok(next.fin && !next.masked, 'the host sends whole, unmasked frames');
      const text = next.payload.toString();
      if (next.opcode === opcode.close) this.#closed(next);
      else if (next.opcode === opcode.pong) this.pongs.push(next.payload.toString('hex'));
      else if (next.opcode === opcode.text && this.speaker.isAnswer(text)) this.answers.push(text);
      else if (!this.speaker.isBeside?.(text)) assert.fail(`nobody has asked for ${text}`);
    }
  }

  /** Answers as a client does, since the host waits a second for that. */
  #closed({ code, payload }) {
    this.closes.push(code ?? 'none');
    if (!this.raw.socket.writable) return;
    this.raw.write(frame(opcode.close, payload));
    this.raw.socket.end();
  }
}

async function write(raw, bytes) {
  for (const part of [bytes].flat()) {
    if (!raw.socket.writable) return;
    await raw.write(part);
  }
}

async function check(host, speaker, { send, answers = 0, pongs = [], close, returned }) {
  const asked = (value) => (typeof value === 'function' ? value(speaker) : value);
  const raw = await open(host, speaker, (raw, ...parts) => raw.write(frame(...parts)));
  const heard = new Heard(raw, speaker);
  const code = asked(close);
  await write(raw, send(speaker));
  if (code === undefined) {
    await heard.until((all) => all.answers.length >= asked(answers) && all.pongs.length >= pongs.length);
    await raw.write(closeFrame(1000));
  }
  // With the host's own end of the connection, so a connection that it keeps open does not pass.
  await heard.left;
  raw.destroy();
  assert.deepEqual(
    { answers: heard.answers.length, pongs: heard.pongs, closes: heard.closes },
    {
      answers: asked(answers),
      pongs: pongs.map((payload) => Buffer.from(payload).toString('hex')),
      closes: [code ?? 1000],
    },
  );
  if (returned && speaker.returned) assert.equal(speaker.returned(heard.answers[0]), returned);
}

for (const speaker of speakers) {
  for (const [sentence, table] of Object.entries(tables)) {
    test(`${speaker.name}: ${sentence}`, { timeout: 60_000 }, async (t) => {
      const host = await startHost(t);
      for (const each of table.filter(({ where }) => !where || where(speaker)))
        await t.test(`${each.id} ${each.what}`, { timeout: 10_000 }, () => check(host, speaker, each));
    });
  }
}

test('a host that has closed ends the connection, whether or not the client answers', async (t) => {
  const host = await startHost(t);
  for (const bytes of [frame(3), frame(opcode.text, Buffer.from([0xff])), closeFrame(1000)]) {
    const raw = await RawSocket.open(host);
    await raw.write(bytes);
    assert.ok(await raw.frameOf(opcode.close));
    await raw.end();
    raw.destroy();
  }
});

test('no extension is agreed on, and what one would compress is refused', async (t) => {
  const host = await startHost(t);
  const raw = new RawSocket(host.port);
  raw.write(upgradeRequest.replace('Host:', 'Sec-WebSocket-Extensions: permessage-deflate\r\nHost:'));
  const response = await raw.head();
  assert.match(response, /^HTTP\/1\.1 101 /);
  assert.doesNotMatch(response, /Sec-WebSocket-Extensions/i);
  await raw.write(
    frame(opcode.text, Buffer.from([0xaa, 0x56, 0x2a, 0x2d, 0x48, 0x55, 0x02, 0x00]), { rsv: 4 }),
  );
  assert.equal((await raw.frameOf(opcode.close)).code, 1002);
  await raw.end();
});
