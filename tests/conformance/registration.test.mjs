// Many users of `calls` who come, and go, at once: what each of them waits for, and what all of them end with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHost } from './host.mjs';
import { StormClient, haveCompleteList } from './storm.mjs';

const count = 500;

/** Waits until all of these have the same list, which has each of them in it once. */
async function listed(users) {
  const end = performance.now() + 15_000;
  while (!haveCompleteList(users) && performance.now() < end)
    await Promise.race(users.map((user) => user.heardList()));
  assert.ok(haveCompleteList(users), 'all users have the same complete list');
}

test('five hundred register at once: none waits for a second, all end with the same complete list', async (t) => {
  const host = await startHost(t, { args: ['--max-connections', String(count), '--log-level', 'error'] });
  const users = Array.from({ length: count }, (_, i) => new StormClient(host, 'calls', 'r', `user-${i}`, ''));
  const waits = await Promise.all(
    users.map(async (user) => {
      await user.come();
      return user.waited;
    }),
  );
  const longest = Math.max(...waits);
  t.diagnostic(`the longest wait for a registered: ${longest.toFixed(0)} ms`);
  assert.ok(longest < 1_000, `one waited for ${longest} ms`);
  await listed(users);
  const [leaving, staying] = [users.slice(0, count / 2), users.slice(count / 2)];
  await Promise.all(leaving.map((user) => user.go(false)));
  await listed(staying);
});
