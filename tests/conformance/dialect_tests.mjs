// What the tests of all dialects have in common: a conversation that is written out, and the bad input that
// every dialect answers in its own form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './hls_host.mjs';
import { startHost } from './host.mjs';

/** An error without its sentence, which is only looked at: sentences may change, codes may not. */
export function withoutSentence(message) {
  if (message.type !== 'error') return message;
  const { message: sentence, ...rest } = message;
  assert.match(sentence, /^[A-Z"].*\.$/, 'a sentence');
  return rest;
}

/**
 * Plays a conversation: each step is who says what, and all that everybody hears of it. `clients` by name;
 * messages for which `unheard` is true come in their own time and do not count.
 */
export async function play(clients, steps, unheard = () => false) {
  for (const [who, message, hears = {}] of steps) {
    clients[who].send(message);
    const speakerFirst = [who, ...Object.keys(clients).filter((name) => name !== who)];
    for (const name of speakerFirst) {
      const heard = (await clients[name].heard()).filter((each) => !unheard(each)).map(withoutSentence);
      const step = `${name}, when ${who} says ${JSON.stringify(message).slice(0, 100)}`;
      assert.deepEqual(heard, hears[name] ?? [], step);
    }
  }
}

export const error = (code) => ({ type: 'error', code });

const deep = (levels) => `{"type":${'['.repeat(levels)}${']'.repeat(levels)}}`;

const everywhere = [
  ['not-json', 'not json at all'],
  ['not-json', ''],
  ['not-json', '[1,2]'],
  ['not-json', '"a text"'],
  ['not-json', 'null'],
  ['not-json', '{"type":"join"'],
  ['not-json', '{"type":"join"} {"type":"join"}'],
  ['not-json', '{"type":"\\ud800"}'],
  ['not-json', '{"type":"a\u0007b"}'],
  ['not-json', deep(64)],
  ['no-type', '{}'],
  ['no-type', '{"type":null}'],
  ['no-type', '{"room":"r"}'],
  ['bad-field', '{"type":5}'],
  ['bad-field', '{"type":["join"]}'],
  ['bad-field', deep(10)],
  ['bad-field', '{"type":"teleport","type":"teleport"}'],
  ['unknown-type', '{"type":"teleport"}'],
  ['unknown-type', '{"type":""}'],
  ['unknown-type', '{"type":"\\u0000"}'],
  ['unknown-type', JSON.stringify({ type: 'x'.repeat(5000) })],
];

const title = (text) =>
  (typeof text === 'string' ? text : JSON.stringify(text)).slice(0, 90) || 'an empty text';

/** One socket says all of these, one after the other; each is answered by an error of that code, and by nothing else. */
async function answersEach(client, cases) {
  for (const [code, message] of cases) {
    client.send(message);
    const answer = withoutSentence(await client.any());
    assert.deepEqual(answer, error(code), title(message));
    assert.deepEqual(await client.heard(), [], `nothing else follows ${title(message)}`);
  }
}

/**
 * The last section of what all dialects promise.
 *
 * dialect: its name; `connect(host)` opens a socket; `join(host, name)` is a client that is in room r, its own
 * welcome taken; `before` and `after` are [code, message] said before and after joining; `harmless` is a message
 * that may be said any number of times; `left(name)` is what a member of the room hears when that one has left.
 */
export function testBadInput({ dialect, connect, join, before = [], after, harmless, left }) {
  test(`${dialect}: what makes no sense is answered by a code and a sentence, and the socket stays open`, async (t) => {
    const host = await startHost(t);
    await answersEach(await connect(host), [...everywhere, ...before]);
  });

  test(`${dialect}: the same of a member, of whom nobody hears`, async (t) => {
    const host = await startHost(t);
    const [ada, bob] = [await join(host, 'ada'), await join(host, 'bob')];
    await ada.heard();
    await answersEach(bob, [...everywhere, ...after]);
    assert.deepEqual(await ada.heard(), []);
  });

  test(`${dialect}: a message over the size limit closes the socket with 1009`, async (t) => {
    const host = await startHost(t);
    const client = await connect(host);
    const fits = JSON.stringify({ type: 'teleport', filling: '' });
    client.send(fits.replace('""', `"${'x'.repeat(65536 - fits.length)}"`));
    await client.next('error');
    client.send(fits.replace('""', `"${'x'.repeat(65537 - fits.length)}"`));
    assert.equal((await client.closed).code, 1009);
  });

  test(`${dialect}: text that is not UTF-8 closes the socket with 1007`, async (t) => {
    const host = await startHost(t);
    const client = await connect(host);
    client.socket.send(Buffer.from('{"type":"\xc3\x28"}', 'latin1'), { binary: false });
    assert.equal((await client.closed).code, 1007);
  });

  test(`${dialect}: a binary message closes the socket with 1003`, async (t) => {
    const host = await startHost(t);
    const client = await connect(host);
    client.socket.send(Buffer.from('{}'), { binary: true });
    assert.equal((await client.closed).code, 1003);
  });

  test(`${dialect}: who sends too fast is told so, who goes on is closed with 1008 and seen to leave`, async (t) => {
    const host = await startHost(t, {
      args: ['--messages-per-second', '1', '--message-burst', '10', '--flood-messages', '20'],
    });
    const [ada, bob] = [await join(host, 'ada'), await join(host, 'bob')];
    const gone = ada.next(left('bob').type);
    for (let i = 0; i < 60; ++i) bob.send(harmless);
    const { code } = await bob.closed;
    assert.equal(code, 1008);
    assert.ok(bob.all.some((message) => message.code === 'too-fast'));
    assert.deepEqual(await gone, left('bob'));
    const refused = await until(async () => {
      const counted = (await host.health()).refused;
      return counted['flood-messages'] && counted;
    }, 'it is counted');
    assert.deepEqual(Object.keys(refused).sort(), ['flood-messages', 'too-fast']);
  });

  test(`${dialect}: a socket that is cut is seen to leave within a second`, async (t) => {
    const host = await startHost(t);
    const [ada, bob] = [await join(host, 'ada'), await join(host, 'bob')];
    const gone = ada.next(left('bob').type);
    const cut = performance.now();
    bob.cut();
    assert.deepEqual(await gone, left('bob'));
    assert.ok(performance.now() - cut < 1000, `seen after ${performance.now() - cut} ms`);
  });
}
