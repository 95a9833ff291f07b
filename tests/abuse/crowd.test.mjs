import assert from 'node:assert/strict';
import { Client } from '../conformance/client.mjs';
import * as limits from './limits.mjs';
import { family } from './stage.mjs';

const users = 9_000;
const mute = 1_000;
const newcomers = 3;
const latest = 2_000;
/** Who has not been heard of by then is not waited for. */
const patience = 4_000;

/** Somebody online who reads the list as it comes, and when it heard of whom. */
async function witness(host) {
  const client = await Client.open(host);
  const heard = new Map();
  client.socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    const told = { users: message.users, 'users-changed': message.joined }[message.type];
    if (!told) return;
    for (const { name } of told) heard.get(name)?.();
    client.all.length = 0;
    client.send({ type: 'users' });
  });
  client.send({ type: 'register', name: 'witness', secret: 'witness' });
  await client.next('registered');
  return {
    client,
    hearsOf: (name) =>
      new Promise((resolve) => {
        heard.set(name, resolve);
        setTimeout(resolve, patience);
      }),
  };
}

family('a crowd of users online', {
  raise: limits.crowd,
  attacks: {
    'of 9,000 users with names of 120 bytes 1,000 read nothing, and nobody hears later than after 2 s who came':
      {
        attack: ['crowd', 'crowd'],
        options: { count: users, mute },
        async prepare(stage) {
          stage.watching = await witness(stage.host);
        },
        async during(stage, attackers) {
          const { registered } = await attackers.underway;
          const { watching } = stage;
          const waited = [];
          for (let at = 0; at < newcomers; ++at) {
            const name = `newcomer-${at}`;
            const heard = watching.hearsOf(name);
            const client = await Client.open(stage.host);
            client.send({ type: 'register', name, secret: name });
            await client.next('registered');
            const since = performance.now();
            await heard;
            waited.push(Math.round(performance.now() - since));
            client.cut();
          }
          watching.client.cut();
          return { registered, waited, ...(await attackers.over) };
        },
        check({ registered, waited, lost }) {
          assert.equal(registered, users);
          assert.ok(Math.max(...waited) < latest, `a newcomer was heard of after ${waited.join(', ')} ms`);
          assert.ok(lost <= mute, `${lost} were closed, of whom ${mute} at most read nothing`);
        },
      },
  },
});
