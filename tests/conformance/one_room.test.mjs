// Members of all dialects in one room: what any of them says reaches any other as that one's document shows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { play } from './dialect_tests.mjs';
import { dialects, room, sim, whole } from './dialects.mjs';
import { startHost } from './host.mjs';

const byName = Object.fromEntries(dialects.map((dialect) => [dialect.name, dialect]));
const idOf = (dialect, id) => (dialect.name === 'sim' ? sim : id);

// What a document does not name stays inside of descriptions and candidates.
const description = (type) => ({ type, sdp: 'v=0\r\ns="ü"\r\n', quality: { top: [1, null, 'x'] } });
const candidate = {
  candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'Zx1c',
  foundation: { kept: true },
};
const candidates = (dialect) =>
  dialect.objectsOnly ? [candidate] : [candidate, 'candidate:2', '', null, { candidate: null, sdpMid: '0' }];

/** One says this to the other, who hears it, and nobody else hears anything. */
function step(from, to, type, body) {
  const target = from.dialect.targets ? to.id : undefined;
  // Who only offers hears nothing of those to whom it has not.
  const listens = !to.dialect.offersOnly || to.offers;
  const heard = listens && to.dialect.hears(type, type === 'candidate' ? whole(body) : body, from.id, target);
  return [from.name, from.dialect.says(type, body, target), { [to.name]: heard ? [heard] : [] }];
}

const pairs = dialects.flatMap((one) => dialects.map((other) => [one, other]));
for (const [one, other] of pairs.filter(([a, b]) => !(a.offersOnly && b.offersOnly)))
  test(`${one.name} offers to ${other.name}: descriptions and candidates go both ways`, async (t) => {
    const host = await startHost(t);
    const a = { name: 'a', dialect: one, id: idOf(one, 'ada'), offers: true };
    const b = { name: 'b', dialect: other, id: idOf(other, 'bob') };
    const clients = { a: await one.enter(host, a.id), b: await other.enter(host, b.id) };
    // A publisher's stream goes to the room's only other member, so nobody else may be there.
    if (!one.offersOnly && !other.offersOnly) clients.witness = await byName.fastapi.enter(host, 'witness');
    for (const client of Object.values(clients)) await client.heard();

    const answered = !other.offersOnly;
    await play(clients, [
      step(a, b, 'offer', description('offer')),
      ...(answered ? [step(b, a, 'answer', description('answer'))] : []),
      ...candidates(one).map((each) => {
        const [who, said, hears] = step(a, b, 'candidate', each);
        // Of whom a publisher has not offered to, it has not heard, and could do nothing with a candidate.
        return [who, said, answered ? hears : { b: [] }];
      }),
      ...candidates(other).map((each) => step(b, a, 'candidate', each)),
    ]);
  });

for (const [one, other] of pairs.filter(([a, b]) => !(a.offersOnly && b.offersOnly)))
  test(`${other.name} comes to ${one.name} and goes: each sees the other in its own words`, async (t) => {
    const host = await startHost(t);
    const [ada, bob] = [idOf(one, 'ada'), idOf(other, 'bob')];
    const first = await one.enter(host, ada);
    await first.heard();
    const second = await other.enter(host, bob);
    if (other.roster) assert.deepEqual(other.roster(second.welcome), [ada]);
    await second.heard();
    const seen = await first.heard();
    if (one.name === 'parley') {
      assert.equal(seen.length, 1);
      assert.equal(seen[0].type, 'peer-joined');
      assert.equal(seen[0].peer.id, bob);
      assert.equal(seen[0].peer.dialect, other.name);
    } else {
      assert.deepEqual(seen, one.joined ? [one.joined(bob, [bob])] : []);
    }
    // Parley's own may come back, so that it says when it is not going to.
    if (other.name === 'parley') second.send({ type: 'leave' });
    const gone = one.left && first.next(one.left(bob).type);
    if (other.name !== 'parley') second.cut();
    if (!one.left) {
      await host.logged(new RegExp(` leave .*peer=${bob}`));
      return assert.deepEqual(await first.heard(), []);
    }
    const { seq, ack, ...left } = await gone;
    assert.deepEqual(left, one.left(bob));
  });

test('parley is told who offers: of those who were there, and of those who come', async (t) => {
  const offersToNewcomers = { sim: true, serverpod: false, socketio: true, calls: false, fastapi: false };
  const offersWhenNew = { sim: true, serverpod: true, socketio: false, calls: false, fastapi: true };
  for (const dialect of dialects.filter(({ name }) => name !== 'parley')) {
    const host = await startHost(t);
    await dialect.enter(host, 'foreign');
    const ada = await Client.join(host, room, 'ada');
    assert.equal(ada.joined.peers[0].offers, offersToNewcomers[dialect.name], `${dialect.name} was there`);
    const another = await startHost(t);
    const bob = await Client.join(another, room, 'bob');
    await dialect.enter(another, 'foreign');
    const { peer } = await bob.next('peer-joined');
    assert.equal(peer.offers, offersWhenNew[dialect.name], `${dialect.name} comes`);
  }
});

/** One member of each of these, by the dialect's name. */
async function everybody(host, names) {
  const clients = {};
  for (const name of names) clients[name] = await byName[name].enter(host, idOf(byName[name], name));
  for (const client of Object.values(clients)) await client.heard();
  return clients;
}

for (const speaker of ['serverpod', 'socketio', 'fastapi'])
  test(`what ${speaker} says to nobody in particular is heard by all others`, async (t) => {
    const host = await startHost(t);
    const clients = await everybody(host, ['parley', 'serverpod', 'socketio', 'calls', 'fastapi', 'sim']);
    const toAll = (type, body) => {
      const hears = {};
      for (const dialect of dialects.filter(({ name, offersOnly }) => name !== speaker && !offersOnly)) {
        const heard = dialect.hears(type, body, speaker, undefined);
        if (heard) hears[dialect.name] = [heard];
      }
      return [speaker, byName[speaker].says(type, body), hears];
    };
    await play(clients, [toAll('offer', description('offer')), toAll('candidate', candidate)]);
  });

for (const speaker of ['serverpod', 'socketio', 'fastapi'])
  test(`an answer of ${speaker}'s to nobody in particular is for whoever offered to it last`, async (t) => {
    const host = await startHost(t);
    const clients = await everybody(host, ['parley', 'calls', 'serverpod', 'socketio', 'fastapi']);
    const member = (name) => ({ name, dialect: byName[name], id: name });
    const offer = (from) => step(member(from), member(speaker), 'offer', description('offer'));
    const answer = (to) => [
      speaker,
      byName[speaker].says('answer', description('answer')),
      { [to]: [byName[to].hears('answer', description('answer'), speaker, undefined)] },
    ];
    await play(clients, [
      offer('parley'),
      answer('parley'),
      offer('calls'),
      answer('calls'),
      answer('calls'),
      offer('parley'),
      step(member('calls'), member(speaker), 'candidate', candidate),
      answer('parley'),
    ]);
    const { parley, ...others } = clients;
    parley.send({ type: 'leave' });
    await others[speaker].next(byName[speaker].left('parley').type);
    for (const client of Object.values(others)) await client.heard();
    const refused = { [speaker]: [{ type: 'error', code: 'no-such-peer' }] };
    await play(others, [[speaker, byName[speaker].says('answer', description('answer')), refused]]);
  });

test('a description that is neither an offer nor an answer reaches parley alone', async (t) => {
  const host = await startHost(t);
  const clients = await everybody(host, ['parley', 'serverpod', 'socketio', 'calls', 'fastapi']);
  const rollback = { type: 'rollback' };
  for (const to of ['serverpod', 'socketio', 'calls', 'fastapi'])
    await play(clients, [['parley', { type: 'signal', to, description: rollback }]]);
});

test('rooms of one name are one room, and an id is taken in all of them', async (t) => {
  const host = await startHost(t);
  await Client.join(host, room, 'ada');
  for (const dialect of ['serverpod', 'socketio', 'fastapi', 'calls']) {
    const closed = dialect === 'socketio' ? /closed with transport close/ : /closed with 1008/;
    await assert.rejects(byName[dialect].enter(host, 'ada'), closed, dialect);
  }
  const again = await Client.open(host);
  again.send({ type: 'join', room, peer: 'ada', secret: 'another' });
  assert.equal((await again.next('error')).code, 'peer-taken');
});

test('a client that asks for no subprotocol is told none, whomever its worker served before', async (t) => {
  const host = await startHost(t, { args: ['--max-connections', '1', '--http-workers', '1'] });
  for (let round = 0; round < 10; ++round) {
    const parley = await Client.join(host, room, `parley-${round}`);
    parley.socket.close(1000);
    await parley.closed;
    // The place among the connections is free a moment later.
    await host.logged(new RegExp(`disconnect connection=${2 * round + 1} `));
    const foreign = await Client.at(host, '/webrtc');
    assert.equal(foreign.socket.protocol, '');
    foreign.socket.close(1000);
    await foreign.closed;
    await host.logged(new RegExp(`disconnect connection=${2 * round + 2} `));
  }
});
