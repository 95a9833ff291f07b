import assert from 'node:assert/strict';
import { foreignSite } from './support/foreign.mjs';
import { people, user, visitor } from './support/person.mjs';
import { watchPictures } from './support/pictures.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

/** What Chromium says about a host that is not there. */
const unreachable = /WebSocket connection to .* failed|net::ERR_CONNECTION_(REFUSED|RESET)/;
/** As long as it rings, in milliseconds, and a little. */
const ringMs = 31_000;

/** Two people who are online, and see each other. */
async function pair(stage, { ada: adaOptions, bob: bobOptions } = {}) {
  const online = people(stage);
  const ada = await online('Ada', adaOptions);
  const bob = await online('Bob', bobOptions);
  await ada.finds('Bob');
  await bob.finds('Ada');
  return [ada, bob];
}

/** The same, in a call. */
async function call(stage) {
  const [ada, bob] = await pair(stage);
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  await bob.accepts();
  await ada.meets('Bob');
  await bob.meets('Ada');
  return [ada, bob];
}

test('a person who is called hears it ring, accepts, and both see and hear each other', async (stage) => {
  const [ada, bob] = await pair(stage);
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  await bob.rings();
  await ada.rings();
  assert.equal(await ada.page.title(), 'Calling Bob … – Parley');
  assert.equal(await bob.page.title(), 'Ada is calling you – Parley');

  await bob.accepts();
  await ada.meets('Bob');
  await bob.meets('Ada');
  for (const person of [ada, bob]) await person.isSilent();
  assert.equal(await bob.page.title(), 'Ada – Parley');
  await ada.page.getByRole('heading', { name: 'Bob' }).waitFor();
  assert.equal(await ada.page.getByText('Copy link').count(), 0, 'nobody else is invited');
});

for (const [who, words] of [
  ['the caller', ['Your call with Bob is over.', 'Ada hung up.']],
  ['the callee', ['Bob hung up.', 'Your call with Ada is over.']],
]) {
  test(`when ${who} hangs up, both are online again, without a camera, and can call again`, async (stage) => {
    const [ada, bob] = await call(stage);
    await (who === 'the caller' ? ada : bob).hangsUp();
    await ada.reads(words[0]);
    await bob.reads(words[1]);
    for (const { page, tab } of [ada, bob]) {
      assert.equal(await page.title(), 'People – Parley');
      assert.deepEqual(await tab.openConnections(), []);
    }

    await bob.calls('Ada');
    await ada.isCalledBy('Bob');
    await ada.accepts();
    await ada.meets('Bob');
    await bob.meets('Ada');
  });
}

test('the others see who is in a call, for as long as it lasts', async (stage) => {
  const [ada, bob] = await pair(stage);
  const eve = await people(stage)('Eve');
  await eve.finds('Ada');
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  assert.equal(await eve.page.getByText('In a call').count(), 0, 'it only rings');
  await bob.accepts();
  for (const name of ['Ada', 'Bob']) await eve.seesInCall(name);
  assert.equal(await eve.page.getByText('In a call').count(), 2);
  await ada.meets('Bob');

  const zoe = await people(stage)('Zoe');
  await zoe.seesInCall('Bob');
  await zoe.seesFree('Eve');

  await ada.hangsUp();
  for (const name of ['Ada', 'Bob']) await eve.seesFree(name);
  assert.equal(await eve.page.getByText('In a call').count(), 0);
});

test('a call that is rejected says so to both, and can be called back', async (stage) => {
  const [ada, bob] = await pair(stage);
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  await bob.rings();
  await bob.rejects();
  await ada.reads('Bob rejected your call.');
  await bob.reads('You rejected the call from Ada.');
  for (const person of [ada, bob]) await person.isSilent();

  await bob.tab.button('Call back').click();
  await ada.isCalledBy('Bob');
  await ada.accepts();
  await ada.meets('Bob');
  await bob.meets('Ada');
});

test('a call that is cancelled rings no longer', async (stage) => {
  const [ada, bob] = await pair(stage);
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  await bob.rings();
  await ada.cancels();
  await ada.reads('You cancelled the call to Bob.');
  await bob.reads('You missed a call from Ada.');
  for (const person of [ada, bob]) await person.isSilent();
});

for (const [whose, slow] of [
  ['caller', 'ada'],
  ['callee', 'bob'],
]) {
  test(`a call that nobody answers ends by the ${whose}'s clock`, async (stage) => {
    const [ada, bob] = await pair(stage, { [slow]: { clock: true } });
    await ada.calls('Bob');
    await bob.isCalledBy('Ada');
    await { ada, bob }[slow].page.clock.fastForward(ringMs);
    await ada.reads('Bob did not answer.');
    // A caller that gives up has no reason that it could tell.
    await bob.reads(slow === 'bob' ? 'You missed a call from Ada.' : 'You missed a call from Ada.');
    await ada.tab.button('Call again').click();
    await bob.isCalledBy('Ada');
  });
}

test('who is in a call is busy for a third', async (stage) => {
  const [ada] = await call(stage);
  const cleo = await people(stage)('Cleo');
  await cleo.finds('Bob');
  await cleo.dials('Bob');
  await cleo.reads('Bob is in another call.');
  await ada.tab.isWith('Bob');
});

test('two who call each other at once are in a call', async (stage) => {
  const [ada, bob] = await pair(stage);
  const at = Date.now() + 300;
  await Promise.all([ada.dialsAt('Bob', at), bob.dialsAt('Ada', at)]);
  await ada.meets('Bob');
  await bob.meets('Ada');
  await ada.hangsUp();
  await bob.reads('Ada hung up.');
});

test('a caller whose tab is closed rings no longer, and is not online', async (stage) => {
  const [ada, bob] = await pair(stage);
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  await ada.page.close();
  await bob.reads('You missed a call from Ada.');
  await bob.misses('Ada');
});

test('a tab that is closed during a call ends it', async (stage) => {
  const [ada, bob] = await call(stage);
  await ada.page.close();
  await bob.reads('Ada hung up.');
  await bob.misses('Ada');
});

test('a page that is left gives its name free at once', async (stage) => {
  const [ada, bob] = await pair(stage);
  await bob.page.reload();
  await ada.misses('Bob');
  await bob.goesOnline();
  await ada.finds('Bob');
  await bob.goesOffline();
  await ada.misses('Bob');
});

test('a page that is put by for the way back is offline there, and online when it comes back', async (stage) => {
  const [ada, bob] = await pair(stage);
  const put = (type) =>
    bob.page.evaluate((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
  await put('pagehide');
  await ada.misses('Bob');
  await put('pageshow');
  await bob.isIn('online');
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
});

test('a core that cannot be loaded is said in words', async ({ open }) => {
  const ada = await visitor(open, 'Ada');
  ada.tab.expectProblem(/wasm|net::ERR_FAILED/);
  await ada.page.route('**/*.wasm', (route) => route.abort());
  await ada.page.reload();
  await ada.page.getByLabel('Your name').fill('Ada');
  await ada.tab.button('Go online').click();
  await ada.page.getByRole('alert').getByText('The call could not start.').waitFor();
});

test('the start page leads to people, and their page back to it', async ({ open }) => {
  const tab = await open('/', { label: 'Ada' });
  await tab.page.getByRole('link', { name: 'Call by name' }).click();
  await tab.page.getByRole('heading', { name: 'Call people by name' }).waitFor();
  await tab.page.getByRole('link', { name: 'Parley, the start page' }).click();
  await tab.page.getByRole('link', { name: 'Start a room' }).waitFor();
});

test('a name that is taken says so, and another one will do', async (stage) => {
  const ada = await people(stage)('Ada');
  const other = await visitor(stage.open, 'Ada');
  await other.page.getByLabel('Your name').fill('Ada');
  await other.tab.button('Go online').click();
  await other.page.getByRole('alert').getByText('The name “Ada” is already in use.').waitFor();
  await other.goesOnline('Ada Two');
  await ada.finds('Ada Two');
});

test('who has gone a moment before the call is no longer online', async (stage) => {
  const [ada] = await pair(stage);
  // As from a list that is a moment old.
  await ada.page
    .locator('parley-user-list')
    .evaluate((list) => list.dispatchEvent(new CustomEvent('dial', { detail: 'Zoe' })));
  await ada.reads('Zoe is no longer online.');
});

test('a call is not accepted by who goes on typing, nor turned away by Escape', async (stage) => {
  const [ada, bob] = await pair(stage);
  await bob.page.getByLabel('Search by name').focus();
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  for (const key of ['a', 'Space', 'Enter', 'Escape', 'Escape']) await bob.page.keyboard.press(key);
  await bob.isCalledBy('Ada');
  await ada.page.keyboard.press('Escape');
  await bob.reads('You missed a call from Ada.');
});

/** Runs in the page before its scripts: nobody looks at it, and a test can ask what it notified of. */
function lookAway() {
  Object.defineProperty(document, 'hidden', { value: true });
  window.notified = [];
  const Native = Notification;
  window.Notification = class extends Native {
    constructor(title, options) {
      super(title, options);
      window.notified.push(this);
      this.addEventListener('close', () => window.notified.splice(window.notified.indexOf(this), 1));
    }
  };
}

test('who looks elsewhere is notified where that is allowed, and nobody is asked', async (stage) => {
  const init = `(${lookAway})();`;
  const [ada, bob] = await pair(stage, { bob: { init, permissions: ['notifications'] }, ada: { init } });
  const notified = ({ page }) => page.evaluate(() => window.notified.map(({ title }) => title));
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
  assert.deepEqual(await notified(bob), ['Ada is calling you']);
  await ada.cancels();
  await bob.page.waitForFunction(() => window.notified.length === 0);

  await bob.calls('Ada');
  await ada.isCalledBy('Bob');
  assert.deepEqual(await notified(ada), []);
  assert.notEqual(await ada.page.evaluate(() => Notification.permission), 'granted');
});

test('a client of calls calls a person, and is called by one: pictures and sound both ways', async (stage) => {
  const visit = await foreignSite(stage);
  const john = await (await visit('calls', { me: 'john_doe', room: '' })).joins();
  const ada = await people(stage)('Ada');
  await ada.finds('john_doe');

  await ada.dials('john_doe');
  await ada.meets('john_doe');
  await john.meets('Ada');
  assert.deepEqual(await john.offers(), { made: 0, heard: 1 });
  await ada.hangsUp();
  await john.hears('call_ended');
  await john.loses('Ada');

  await john.tab.page.evaluate(() => call('Ada'));
  await ada.isCalledBy('john_doe');
  await ada.rings();
  await ada.accepts();
  await ada.meets('john_doe');
  await john.meets('Ada');
  assert.deepEqual(await john.offers(), { made: 1, heard: 1 });
  await john.tab.page.evaluate(() => {
    send({ type: 'call_ended', target_username: 'Ada' });
    hangUp('Ada');
  });
  await ada.reads('john_doe hung up.');
});

test('a call outlives its host: frames keep coming, and hanging up is heard', async (stage) => {
  const { host } = stage;
  const [ada, bob] = await call(stage);
  for (const { tab } of [ada, bob]) tab.expectProblem(unreachable);
  const assertNoPause = await watchPictures([
    [ada.tab, 'Bob'],
    [bob.tab, 'Ada'],
  ]);
  await host.kill();
  for (const { tab } of [ada, bob])
    await tab.until('notices that the host is gone', ({ state }) => state === 'reconnecting');
  await host.restart();
  await ada.tab.isWith('Bob');
  await bob.tab.isWith('Ada');
  await assertNoPause();

  await bob.hangsUp();
  await ada.reads('Bob hung up.');
  await bob.reads('Your call with Ada is over.');
  await ada.finds('Bob');
  await ada.calls('Bob');
  await bob.isCalledBy('Ada');
});

test('a host that is away is said in words, and its people are back with it', async (stage) => {
  const [ada, bob] = await pair(stage);
  for (const { tab } of [ada, bob]) tab.expectProblem(unreachable);
  await stage.host.kill();
  await ada.page.getByRole('alert').filter({ hasText: 'No connection to the host' }).waitFor();
  assert.equal(await ada.tab.button('Call Bob').isDisabled(), true);
  await stage.host.restart();
  await ada.page.getByRole('alert').waitFor({ state: 'detached' });
  await ada.finds('Bob');
  await bob.finds('Ada');
});

test(
  'among very many people one is found by a part of the name',
  { host: ['--max-connections', '400'] },
  async (stage) => {
    const crowd = await Promise.all(
      Array.from({ length: 250 }, (_, index) => user(stage.host, `user ${String(index).padStart(3, '0')}`)),
    );
    const ada = await people(stage)('Ada');
    await ada.page.getByText('And 150 more.').waitFor();
    await ada.finds('user 099');
    await ada.misses('user 100');
    await ada.page.getByLabel('Search by name').fill('SER 24');
    await ada.finds('user 249');
    assert.equal(await ada.page.getByRole('listitem').count(), 10);
    await ada.page.getByLabel('Search by name').fill('nobody');
    await ada.page.getByText('Nobody online matches “nobody”.').waitFor();
    for (const socket of crowd) socket.close();
    await ada.page.getByText('Nobody else is online yet').waitFor();
  },
);
