// Rooms with rules, with the real host: who waits, who decides, and what everybody sees of it.
import assert from 'node:assert/strict';
import { assertAccessible, axe } from './support/accessible.mjs';
import {
  asksForTokens,
  choose,
  enter,
  linkWith,
  list,
  moderate,
  open,
  title,
  turn,
} from './support/moderated.mjs';
import { suite } from './support/suite.mjs';

const plain = suite();
const test = (name, run) => plain(name, { host: asksForTokens }, run);

const notice = (tab, words) => tab.page.getByRole('status').getByText(words).first().waitFor();

plain('where nobody moderates, nothing of it is shown', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.isWith('Bob');
  assert.equal(await bob.button(/^People/).count(), 0);
  await ada.page.keyboard.press('p');
  assert.equal(await ada.page.getByRole('region', { name: 'People' }).count(), 0);
});

test('who waits is announced, and comes in with the keyboard alone', async (stage) => {
  const ada = await moderate(stage);
  await ada.button(/^People/).waitFor();
  await ada.page.keyboard.press('p');
  const waitingRoom = ada.page.getByRole('switch', { name: 'Waiting room' });
  await waitingRoom.focus();
  await ada.page.keyboard.press('Space');
  await ada.until('has a waiting room', ({ rules }) => rules.waitingRoom);

  const bob = await open(stage, 'Bob');
  await title(bob, 'Waiting to be let in').waitFor();
  await bob.button('Leave').waitFor();
  await notice(ada, 'Bob waits to be let in');
  await ada.button('People, 1 waiting').waitFor();

  await ada.button('Admit Bob').focus();
  await ada.page.keyboard.press('Enter');
  await ada.sees('Bob');
  await bob.sees('Ada');
  assert.equal(await ada.button('People, 1 waiting').count(), 0);
  const kept = await ada.page.evaluate(
    () => document.querySelector('parley-room').shadowRoot.activeElement?.localName,
  );
  assert.equal(kept, 'parley-participants', 'the focus stays in the list');
});

test('whoever has a name by their invitation goes by it', async (stage) => {
  const ada = await moderate(stage);
  const bob = await open(stage, 'Whoever', { given: 'Bøb', query: { autojoin: '' } });
  await ada.isWith('Bøb');
  await bob.page.getByText('Bøb (you)').first().waitFor();
  await bob.button('Settings').click();
  const name = bob.page.getByLabel('Your name, from your invitation');
  assert.equal(await name.inputValue(), 'Bøb');
  assert.equal(await name.isEditable(), false);
});

test('who is refused is told so, and who gives up is gone', async (stage) => {
  const ada = await moderate(stage);
  await list(ada);
  await turn(ada, 'Waiting room');
  const bob = await open(stage, 'Bob');
  const cleo = await open(stage, 'Cleo');
  await ada.button('Refuse Bob').click();
  await title(bob, 'You were not let in').waitFor();
  await cleo.button('Leave').click();
  await title(cleo, 'You left the room').waitFor();
  await ada.until('knows that nobody waits', ({ lobby }) => lobby.waiting.length === 0);
});

test('all who wait are admitted at once', async (stage) => {
  const ada = await moderate(stage);
  await list(ada);
  await turn(ada, 'Waiting room');
  const others = [await open(stage, 'Bob'), await open(stage, 'Cleo')];
  await ada.button('Admit all').click();
  await ada.isWith('Bob', 'Cleo');
  for (const tab of others) await tab.sees('Ada');
});

test('who is removed stays out until let back in', async (stage) => {
  const ada = await moderate(stage);
  const bob = await enter(stage, 'Bob', { identity: 'bob@example.org' });
  await list(ada);
  await ada.page.getByText('Signed in as bob@example.org').waitFor();
  await choose(ada, 'Bob', 'Remove');
  await ada.page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await title(bob, 'You were removed from this room').waitFor();
  await notice(ada, 'Bob was removed');

  await bob.button('Try again').click();
  await title(bob, 'You were removed from this room').waitFor();
  await ada.button('Let Bob back in').click();
  await ada.until('has removed nobody', ({ lobby }) => lobby.removed.length === 0);
  await bob.button('Try again').click();
  await ada.isWith('Bob');
});

test('a question that is answered with no, does nothing', async (stage) => {
  const ada = await moderate(stage);
  await enter(stage, 'Bob');
  await list(ada);
  const question = ada.page.getByRole('alertdialog');
  const focused = () =>
    ada.page.evaluate(() => {
      const deepest = (root) => {
        const active = root.activeElement;
        return active?.shadowRoot?.activeElement ? deepest(active.shadowRoot) : active;
      };
      return deepest(document)?.ariaLabel;
    });
  for (const key of ['Enter', 'Escape']) {
    await choose(ada, 'Bob', 'Remove');
    await question.waitFor();
    await ada.page.keyboard.press(key);
    await question.waitFor({ state: 'detached' });
    assert.equal(await focused(), 'Choices for Bob', key);
    await ada.button('Choices for Bob').click();
  }
  await ada.isWith('Bob');
});

test('a locked room lets nobody else in', async (stage) => {
  const ada = await moderate(stage);
  const bob = await enter(stage, 'Bob');
  await list(ada);
  await turn(ada, 'Lock room');
  await notice(bob, 'This room is locked: nobody else can join.');
  const cleo = await open(stage, 'Cleo');
  await title(cleo, 'This room is locked').waitFor();
});

test('who is asked to mute decides, and a screen is stopped at once', async (stage) => {
  const ada = await moderate(stage);
  const bob = await enter(stage, 'Bob');
  await ada.meets('Bob');
  await list(ada);
  await choose(ada, 'Bob', 'Ask to mute');
  await bob.page.getByText('Ada asks you to mute').waitFor();
  await bob.button('Mute').click();
  await ada.until('hears that Bob is muted', ({ peers }) => !peers[0].presence.microphone);
  assert.equal(await bob.page.getByText('Ada asks you to mute').count(), 0);

  await choose(ada, 'Bob', 'Ask to stop the camera');
  await bob.button('Not now').click();
  await bob.button('Share').click();
  await ada.seesScreenOf('Bob');
  await choose(ada, 'Bob', 'Stop sharing');
  await notice(bob, 'Ada stopped your screen share.');
  await ada.screenTile('Bob').waitFor({ state: 'detached' });
  await ada.sees('Bob');
});

test('who is appointed moderates', async (stage) => {
  const ada = await moderate(stage);
  const bob = await enter(stage, 'Bob');
  await list(ada);
  await choose(ada, 'Bob', 'Make moderator');
  await notice(bob, 'You moderate this room now.');
  await list(bob);
  await turn(bob, 'Lock room');
  await ada.until('knows the rules', ({ rules }) => rules.locked);
});

test('where only moderators share and chat, others are told why they cannot', async (stage) => {
  const ada = await moderate(stage);
  const bob = await enter(stage, 'Bob');
  await ada.meets('Bob');
  await bob.button('Share').click();
  await ada.seesScreenOf('Bob');
  await list(ada);
  await turn(ada, 'Only moderators share');
  await turn(ada, 'Only moderators chat');
  await notice(bob, 'You no longer share your screen.');
  await ada.screenTile('Bob').waitFor({ state: 'detached' });
  assert.equal(await bob.button('Share').getAttribute('aria-disabled'), 'true');
  await bob.page.keyboard.press('s');
  await notice(bob, 'Only moderators can share a screen.');
  await bob.button('Chat').first().click();
  assert.equal(await bob.page.getByLabel('Message to everyone').isDisabled(), true);
  await ada.says('Welcome');
  await bob.reads('Welcome');

  // One that does not keep to it is not heard.
  await bob.page.evaluate(() => document.querySelector('parley-room').session.send('chat', 'Sneaky'));
  await ada.button(/^People/).click();
  await turn(ada, 'Only moderators chat');
  await bob.until('may write', ({ rules }) => rules.chat === 'everybody');
  await bob.says('Thanks');
  await ada.reads('Thanks');
  assert.equal(await ada.page.getByText('Sneaky').count(), 0);
});

test('a call that is ended, is over for everybody', async (stage) => {
  const ada = await moderate(stage);
  const bob = await enter(stage, 'Bob');
  await list(ada);
  await ada.button('End call for everybody').click();
  await ada.page.getByRole('button', { name: 'End call', exact: true }).click();
  await title(ada, 'This call has ended').waitFor();
  await title(bob, 'This call has ended').waitFor();
});

test('an invitation lets somebody in, until all are withdrawn', async (stage) => {
  const ada = await moderate(stage, 'Ada', { permissions: ['clipboard-read', 'clipboard-write'] });
  await list(ada);
  await ada.button('Make a link').click();
  await ada.page.getByRole('button', { name: 'Copy', exact: true }).click();
  await notice(ada, 'Link copied.');
  const link = await ada.page.getByLabel('Invitation link').inputValue();
  assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), link);
  assert.ok(link.startsWith(`${stage.host.url}/r/otter#token=`), link);

  const bob = await stage.open(link.replace('#', '?autojoin&name=Bob#'), { label: 'Bob' });
  await bob.sees('Ada');
  assert.equal(await bob.button('Make a link').count(), 0);

  await ada.button('Copy link').first().click();
  await ada.page.waitForFunction(
    async (former) => (await navigator.clipboard.readText()).replace(former, '').includes('#token='),
    link,
  );

  await ada.button('Withdraw all links').click();
  await ada.page.getByRole('button', { name: 'Withdraw all', exact: true }).click();
  await notice(ada, 'All links are withdrawn.');
  const cleo = await stage.open(link.replace('#', '?autojoin&name=Cleo#'), { label: 'Cleo' });
  await title(cleo, 'This invitation is not valid here').waitFor();
});

test('who has a newer link by then stays, and who has none is out when theirs ends', async (stage) => {
  const ends = (after) => ({ may: ['join'], room: 'otter', exp: Math.floor(Date.now() / 1000) + after });
  const path = (name) => `/r/otter?autojoin&name=${name}`;
  const visit = async (name, claims) => {
    const tab = await stage.open(linkWith(path(name), claims), { label: name });
    await tab.until('joins', (snapshot) => snapshot.signaling === 'joined');
    return tab;
  };
  const soon = ends(20);
  const bob = await visit('Bob', soon);
  const eve = await visit('Eve', soon);
  const ada = await visit('Ada', ends(600));
  await bob.page.goto(stage.host.url + linkWith(path('Bob'), ends(600)));
  await bob.page.waitForFunction(() => location.hash === '');
  await title(eve, 'Your invitation has ended').waitFor({ timeout: 60_000 });
  await ada.isWith('Bob');
  await bob.isWith('Ada');
});

test('axe-core finds nothing serious in what is moderated', async (stage) => {
  const watched = { init: axe };
  const ada = await moderate(stage, 'Ada', watched);
  await enter(stage, 'Bob');
  const eve = await enter(stage, 'Eve', watched);
  await list(ada);
  await assertAccessible(ada, 'who moderates');
  await turn(ada, 'Waiting room');
  await turn(ada, 'Only moderators chat');
  await turn(ada, 'Only moderators share');
  const cleo = await open(stage, 'Cleo', watched);
  await title(cleo, 'Waiting to be let in').waitFor();
  await open(stage, 'Dan');
  await ada.button('Admit all').waitFor();
  await ada.button('Choices for Bob').click();
  await assertAccessible(ada, 'somebody waits');
  await assertAccessible(cleo, 'waiting');
  await choose(ada, 'Eve', 'Ask to mute');
  await eve.page.getByText('Ada asks you to mute').waitFor();
  await list(eve);
  await assertAccessible(eve, 'asked to mute, and the list');
  await eve.button('Chat').first().click();
  await assertAccessible(eve, 'a chat to read');
  await ada.button('Make a link').click();
  await ada.button('Withdraw all links').click();
  await assertAccessible(ada, 'a link, and a question');
});
