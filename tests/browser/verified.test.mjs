// Whether somebody sits in between, with the real host: what two people compare, and what is remembered of it.
import assert from 'node:assert/strict';
import { assertAccessible, axe } from './support/accessible.mjs';
import { foreignSite } from './support/foreign.mjs';
import { restartIce } from './support/ice.mjs';
import { betrayed } from './support/mallory.mjs';
import { asksForTokens, enter } from './support/moderated.mjs';
import { suite } from './support/suite.mjs';

const test = suite();
const testWithIdentities = (name, run) => test(name, { host: asksForTokens }, run);

const verificationOf = ({ peers }, name) =>
  peers.find((peer) => (peer.name || peer.id) === name)?.verification;

/** Waits until what a tab knows of somebody is in this state; returns it. */
async function reaches(tab, name, state) {
  const snapshot = await tab.until(
    `has ${name} as ${state}`,
    (seen) => verificationOf(seen, name)?.state === state,
  );
  return verificationOf(snapshot, name);
}

const notice = (tab, words) => tab.page.getByRole('status').getByText(words).first().waitFor();
const heading = (tab, name) => tab.page.getByRole('heading', { name, exact: true });
const details = async (tab) => {
  await tab.button('Details').click();
  await tab.page.getByRole('region', { name: 'Connection details' }).waitFor();
};
const pictures = (tab) => tab.page.getByRole('list', { name: 'Pictures to compare' }).innerText();

/** What has the focus, within all that has a shadow. */
const focused = (tab) =>
  tab.page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active?.textContent.trim();
  });

test('both see the same pictures and digits, and whoever compares has verified', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.isWith('Bob');
  const seen = await reaches(ada, 'Bob', 'unverified');
  assert.deepEqual(await reaches(bob, 'Ada', 'unverified'), seen);
  await details(ada);
  await details(bob);
  await heading(ada, 'Not compared yet').waitFor();
  assert.equal(await pictures(ada), await pictures(bob));
  for (const { symbol, name } of seen.emoji) {
    assert.ok((await pictures(ada)).includes(symbol), symbol);
    assert.ok((await pictures(ada)).includes(name), name);
  }
  await bob.page.getByText(`${seen.digits.slice(0, 3)} ${seen.digits.slice(3)}`).waitFor();

  await ada.button('They match: Bob').focus();
  await ada.page.keyboard.press('Enter');
  await heading(ada, 'Verified').waitFor();
  await notice(ada, 'Bob is verified.');
  assert.equal(await focused(ada), 'Verified', 'the focus goes to what came of it');
  await ada.page.getByRole('group', { name: /^Bob.*, verified$/ }).waitFor();
  assert.equal((await reaches(bob, 'Ada', 'unverified')).reason.code, 'not-compared', 'each decides alone');
});

test('a difference is a warning that says what to do', async ({ join }) => {
  const ada = await join('Ada');
  await join('Bob');
  await reaches(ada, 'Bob', 'unverified');
  await details(ada);
  await ada.button('They differ: Bob').click();
  await heading(ada, 'Somebody may be listening').waitFor();
  await ada.page.getByText('Say nothing private here.').waitFor();
  await notice(ada, 'Somebody may be listening to your call with Bob.');
  await ada.button('They match: Bob').click();
  await heading(ada, 'Verified').waitFor();
});

test('an ICE restart changes nothing', async ({ join }) => {
  const ada = await join('Ada');
  await join('Bob');
  const before = await reaches(ada, 'Bob', 'unverified');
  await details(ada);
  await ada.button('They match: Bob').click();
  await reaches(ada, 'Bob', 'verified');
  await ada.page.evaluate(restartIce);
  await ada.isWith('Bob');
  const after = await reaches(ada, 'Bob', 'verified');
  assert.deepEqual([after.emoji, after.digits], [before.emoji, before.digits]);
});

testWithIdentities(
  'who was verified is recognised after a reload, and another key is a warning',
  async (stage) => {
    const ada = await enter(stage, 'Ada', { identity: 'ada@example.org' });
    const bob = await enter(stage, 'Bob', { identity: 'bob@example.org' });
    await reaches(ada, 'Bob', 'unverified');
    await details(ada);
    await ada.button('They match: Bob').click();
    await heading(ada, 'Verified').waitFor();

    await bob.page.reload();
    await bob.isWith('Ada');
    await ada.isWith('Bob');
    assert.equal((await reaches(ada, 'Bob', 'verified')).reason.code, 'remembered');
    await ada.page.reload();
    await ada.isWith('Bob');
    assert.equal((await reaches(ada, 'Bob', 'verified')).reason.code, 'remembered');
    assert.equal((await reaches(bob, 'Ada', 'unverified')).reason.code, 'not-compared');

    await bob.page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const deleted = indexedDB.deleteDatabase('parley-keys');
          deleted.onsuccess = resolve;
          deleted.onerror = reject;
        }),
    );
    await bob.page.reload();
    await bob.isWith('Ada');
    await reaches(ada, 'Bob', 'changed');
    await notice(ada, 'The key of Bob has changed since you compared.');
    await details(ada);
    await heading(ada, 'Compare again').waitFor();
    await ada.button('They match: Bob').click();
    await heading(ada, 'Verified').waitFor();
    await bob.page.reload();
    await bob.isWith('Ada');
    assert.equal((await reaches(ada, 'Bob', 'verified')).reason.code, 'remembered');
  },
);

test('who has no identity has another key in every call, and nothing of it is kept', async ({ join }) => {
  const ada = await join('Ada');
  await join('Bob');
  await reaches(ada, 'Bob', 'unverified');
  await details(ada);
  await ada.button('They match: Bob').click();
  await heading(ada, 'Verified').waitFor();
  const kept = await ada.page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    verified: localStorage.getItem('parley:verified'),
  }));
  assert.deepEqual(kept, { databases: [], verified: null });
});

test('a member of another protocol cannot be verified, and the details say why', async (stage) => {
  const visit = await foreignSite(stage);
  const ada = await stage.join('Ada');
  await (await visit('fastapi', { me: 'peer1' })).joins();
  await ada.isWith('peer1');
  assert.equal((await reaches(ada, 'peer1', 'unavailable')).reason.code, 'foreign-client');
  await details(ada);
  await heading(ada, 'Cannot be verified').waitFor();
  await ada.page.getByText('speaks another protocol').waitFor();
  assert.equal(await ada.button(/^They match/).count(), 0);
});

test('somebody in between has both see different pictures', async (stage) => {
  const { tabs, states } = await betrayed(stage, 'Ada', 'Bob');
  const [ada, bob] = tabs;
  await ada.meets('Bob');
  await bob.meets('Ada');
  assert.deepEqual(await states(), ['connected', 'connected'], 'all of it goes through their hands');
  const seen = await reaches(ada, 'Bob', 'unverified');
  const other = await reaches(bob, 'Ada', 'unverified');
  assert.notDeepEqual(seen.emoji, other.emoji);
  assert.notEqual(seen.digits, other.digits);
});

test('axe-core finds nothing serious in what is compared', async ({ join }) => {
  const ada = await join('Ada', { init: axe });
  await join('Bob');
  await reaches(ada, 'Bob', 'unverified');
  await details(ada);
  await heading(ada, 'Not compared yet').waitFor();
  await assertAccessible(ada, 'not compared');
  await ada.button('They match: Bob').click();
  await heading(ada, 'Verified').waitFor();
  await assertAccessible(ada, 'verified');
  await ada.button('They differ: Bob').click();
  await heading(ada, 'Somebody may be listening').waitFor();
  await assertAccessible(ada, 'different');
});
