// Accounts at /people, with the real host.
import assert from 'node:assert/strict';
import { assertAccessible, axe } from './support/accessible.mjs';
import { Owner, invitation, invites, keepsAccounts, password } from './support/accounts.mjs';
import { people, visitor } from './support/person.mjs';
import { suite } from './support/suite.mjs';

const plain = suite();
const test = (name, run) => plain(name, { host: keepsAccounts() }, run);

/** What Chromium says of an answer that is no success. */
const refused = (status) => new RegExp(`the server responded with a status of ${status}`);
const alert = ({ page }, words) => page.getByRole('alert').getByText(words).waitFor();

plain('where the host keeps no accounts, nothing of them is shown', async (stage) => {
  const ada = await visitor(stage.open, 'Ada', { path: 'about:blank' });
  const answer = ada.page.waitForResponse('**/api/v1/accounts');
  await ada.page.goto(`${stage.host.url}/people`);
  await (await answer).finished();
  await ada.goesOnline();
  for (const words of ['Sign in', 'Create an account', 'Recent calls'])
    assert.equal(await ada.page.getByText(words).count(), 0, words);
});

test('whoever makes an account is signed in, also after a reload, and online with one click', async (stage) => {
  const ada = await Owner.register(stage, 'Ada');
  await ada.recent.getByText('Your calls of the last 90 days appear here.').waitFor();
  await ada.page.reload();
  await ada.isSignedIn();
  assert.equal(await ada.page.getByLabel('Your name').count(), 0);
  await ada.goesOnline();
  await ada.page.getByRole('button', { name: 'Your account: Ada Online' }).waitFor();
});

test('who comes back after more than a day stays signed in for longer', async (stage) => {
  const ada = await Owner.register(stage, 'Ada');
  const renewal = ada.page.waitForResponse((answer) => answer.request().method() === 'PUT');
  await ada.page.clock.setFixedTime(Date.now() + 25 * 3_600_000);
  await ada.page.reload();
  const answer = await renewal;
  assert.equal(new URL(answer.url()).pathname, '/api/v1/accounts/session');
  assert.equal(answer.status(), 200);
  const { token } = await answer.json();
  await ada.page.waitForFunction((newer) => localStorage.getItem('parley.account') === newer, token);
});

test('nobody else goes online under the name of an account', async (stage) => {
  await Owner.register(stage, 'Ada');
  const guest = await visitor(stage.open, 'ada');
  await guest.page.getByLabel('Your name').fill('ada');
  await guest.tab.button('Go online').click();
  await alert(guest, 'The name “ada” is already in use. If it is yours, sign in.');
  await guest.goesOnline('Eve');
});

test('nobody takes the name of a guest who is online', async (stage) => {
  const guest = await people(stage)('Ada');
  const ada = await Owner.open(stage, 'Ada');
  ada.tab.expectProblem(refused('409'));
  await ada.registers();
  await alert(ada, 'The name “Ada” is already in use. Choose another name.');
  await guest.goesOffline();
  await ada.button('Create account').click();
  await ada.isSignedIn();
});

test('who goes online elsewhere is told so where they were', async (stage) => {
  const here = await Owner.online(stage, 'Ada');
  const there = await Owner.signIn(stage, 'Ada');
  await alert(here, 'You are no longer online here.');
  const eve = await people(stage)('Eve');
  await there.person.finds('Eve');
  await eve.finds('Ada');
});

test('what is wrong is said beside the field, which has the focus', async (stage) => {
  const ada = await Owner.open(stage, 'Ada');
  ada.tab.expectProblem(refused('4(01|09)'));
  const name = ada.page.getByLabel('Name', { exact: true });
  const secret = ada.page.getByLabel('Password', { exact: true });
  await ada.registers('short');
  await alert(ada, 'Use at least 8 characters.');
  await secret.and(ada.page.locator(':focus')).waitFor();
  assert.equal(await secret.getAttribute('aria-invalid'), 'true');
  await name.fill('Ada Lovelace');
  await secret.fill(password);
  await ada.button('Create account').click();
  await alert(ada, 'A name has 2 to 32 letters (a to z) and digits.');
  await name.and(ada.page.locator(':focus')).waitFor();
  await name.fill('Ada');
  await ada.button('Create account').click();
  await ada.isSignedIn();

  const other = await Owner.open(stage, 'ADA');
  other.tab.expectProblem(refused('4(01|09)'));
  await other.registers();
  await alert(other, 'The name “ADA” is already in use. Choose another name.');
  await other.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await other.page.getByLabel('Password', { exact: true }).fill('wrong horse');
  await other.button('Sign in').click();
  await alert(other, 'Wrong name or password.');
  await other.button('Show password').click();
  assert.equal(
    await other.page.getByLabel('Password', { exact: true }).inputValue(),
    'wrong horse',
    'what was typed stays',
  );
  await other.page.getByLabel('Password', { exact: true }).fill(password);
  await other.button('Sign in').click();
  await other.isSignedIn();
});

test('who does not stay signed in is a guest in the next tab', async (stage) => {
  const ada = await Owner.open(stage, 'Ada');
  await ada.button('Create an account').click();
  await ada.page.getByLabel('Stay signed in on this device').uncheck();
  await ada.page.getByLabel('Name', { exact: true }).fill('Ada');
  await ada.page.getByLabel('Password', { exact: true }).fill(password);
  await ada.button('Create account').click();
  await ada.isSignedIn();
  await ada.page.reload();
  await ada.isSignedIn();
  const next = await ada.page.context().newPage();
  await next.goto(ada.page.url());
  await next.getByRole('button', { name: 'Sign in' }).waitFor();
  await next.getByLabel('Your name').waitFor();
});

test('tabs of one browser sign in and out together', async (stage) => {
  const ada = await Owner.register(stage, 'Ada');
  const next = await ada.page.context().newPage();
  await next.goto(ada.page.url());
  await next.getByRole('button', { name: 'Go online as Ada' }).waitFor();
  await ada.chooses('Sign out');
  await ada.reads('You are signed out.');
  await ada.isSignedOut();
  await next.getByLabel('Your name').waitFor();
});

test('who is online as a guest stays so, whoever signs in in another tab', async (stage) => {
  const ada = await Owner.open(stage, 'Ada');
  const guest = await ada.page.context().newPage();
  await guest.goto(ada.page.url());
  await guest.getByLabel('Your name').fill('Eve');
  await guest.getByRole('button', { name: 'Go online' }).click();
  await guest.getByRole('heading', { name: 'Who is online' }).waitFor();
  await ada.registers();
  await ada.isSignedIn();
  await ada.goesOnline();
  await ada.person.finds('Eve');
  await guest.getByRole('button', { name: 'Call Ada', exact: true }).waitFor();
  await guest.reload();
  await guest.getByRole('button', { name: 'Go online as Ada' }).waitFor();
});

test('a changed password signs out the other devices, and not this one', async (stage) => {
  const ada = await Owner.online(stage, 'Ada');
  const elsewhere = await Owner.open(stage, 'Ada');
  elsewhere.tab.expectProblem(refused(401));
  await elsewhere.signsIn();
  await elsewhere.isSignedIn();

  ada.tab.expectProblem(refused(401));
  await ada.chooses('Change password');
  const dialog = ada.page.getByRole('dialog', { name: 'Change password' });
  await dialog.getByLabel('Current password', { exact: true }).fill('wrong horse');
  await dialog.getByLabel('New password', { exact: true }).fill('battery staple');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await alert(ada, 'Wrong password.');
  await dialog.getByLabel('Current password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await ada.reads('Your password is changed. All other devices are signed out.');

  await elsewhere.button('Go online as Ada').click();
  await elsewhere.reads('You are signed out. Sign in again to use your account.');
  await elsewhere.isSignedOut();
  await elsewhere.person.goesOnline('Eve');
  await ada.person.finds('Eve');
});

test('signing out everywhere does so on the other devices, too, also while they are online', async (stage) => {
  const ada = await Owner.register(stage, 'Ada');
  const elsewhere = await Owner.signIn(stage, 'Ada');
  elsewhere.tab.expectProblem(refused(401));
  await ada.chooses('Sign out everywhere');
  const dialog = ada.page.getByRole('dialog', { name: 'Sign out everywhere?' });
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
  await ada.reads('You are signed out on all devices.');
  await ada.isSignedOut();
  await elsewhere.reads('You are signed out. Sign in again to use your account.');
  await elsewhere.isSignedOut();
});

test('a call is among the last ones of both, and can be called back', async (stage) => {
  const ada = await Owner.online(stage, 'Ada');
  const bola = await Owner.online(stage, 'Bola');
  await ada.person.calls('Bola');
  await bola.person.isCalledBy('Ada');
  await bola.person.accepts();
  await ada.person.meets('Bola');
  await bola.person.meets('Ada');
  await ada.person.hangsUp();
  await ada.recalls('Bola', 'Outgoing');
  await bola.recalls('Ada', 'Incoming');
  await bola.page.getByRole('list', { name: 'Contacts' }).getByText('Ada').waitFor();

  await bola.button('Call Ada again').click();
  await ada.person.isCalledBy('Bola');
  await ada.person.rejects();
  await bola.recalls('Ada', 'Rejected');
  await ada.recalls('Bola', 'You rejected it');
});

test('a call that nobody answers is a missed one, until it is returned', async (stage) => {
  const ada = await Owner.online(stage, 'Ada');
  const bola = await Owner.online(stage, 'Bola');
  await ada.person.calls('Bola');
  await bola.person.isCalledBy('Ada');
  await ada.person.cancels();
  await ada.recalls('Bola', 'No answer');
  await bola.recalls('Ada', 'Missed');
  await bola.recent.getByText('1 missed').waitFor();
  await bola.button('Call Ada again').click();
  await ada.person.isCalledBy('Bola');
  await bola.person.cancels();
  await bola.recalls('Ada', 'No answer');
  await bola.recent.getByText('1 missed').waitFor({ state: 'detached' });
});

test('who is not online is left a missed call, and finds it', async (stage) => {
  const ada = await Owner.online(stage, 'Ada');
  const bola = await Owner.online(stage, 'Bola');
  await ada.person.calls('Bola');
  await bola.person.isCalledBy('Ada');
  await bola.person.rejects();
  await bola.recalls('Ada', 'You rejected it');
  await bola.person.goesOffline();

  await ada.button('Call Bola, offline').click();
  await ada.person.reads('Bola is not online. They will see that you called.');
  await ada.recalls('Bola', 'No answer');
  await bola.page.reload();
  await bola.recalls('Ada', 'Missed');
  await bola.recent.getByText('1 missed').waitFor();
});

test('who has gone a moment before the call is left a missed call, too', async (stage) => {
  const ada = await Owner.register(stage, 'Ada');
  const bola = await Owner.register(stage, 'Bola');
  await people(stage)('Eve');
  await ada.goesOnline();
  await bola.goesOnline();
  await bola.person.calls('Ada');
  await ada.person.isCalledBy('Bola');
  await ada.person.rejects();
  await ada.recalls('Bola', 'You rejected it');
  await bola.person.goesOffline();
  await ada.person.misses('Bola');
  // As from a list that is a moment old.
  await ada.page
    .locator('parley-user-list')
    .evaluate((list) => list.dispatchEvent(new CustomEvent('dial', { detail: 'Bola' })));
  await ada.person.reads('Bola is not online. They will see that you called.');
  await bola.page.reload();
  await bola.recent.getByText('1 missed').waitFor();
});

test('a deleted account is gone, and its name is free', async (stage) => {
  const ada = await Owner.register(stage, 'Ada');
  await ada.chooses('Delete account');
  const dialog = ada.page.getByRole('dialog', { name: 'Delete your account?' });
  await dialog.getByLabel('Your password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Delete account' }).click();
  await ada.reads('Your account is deleted.');
  await ada.isSignedOut();
  await ada.person.goesOnline('Ada');
});

test('rooms are joined under the name of the account, and by a guest once it is signed out', async (stage) => {
  const ada = await Owner.register(stage, 'Ada');
  await ada.page.goto(`${stage.host.url}/r/otter`);
  const name = ada.page.getByLabel('Your name, from your account');
  await name.waitFor();
  assert.equal(await name.inputValue(), 'Ada');
  await ada.button('Join the room').click();
  const bob = await stage.join('Bob');
  await bob.isWith('Ada');
  const { peers } = await bob.snapshot();
  assert.deepEqual(
    peers.map(({ identity }) => identity),
    ['Ada'],
  );
  await ada.page.close();
  await bob.isWith();

  const elsewhere = await Owner.open(stage, 'Ada');
  await elsewhere.signsIn();
  await elsewhere.isSignedIn();
  const other = await Owner.open(stage, 'Ada');
  await other.signsIn();
  await other.isSignedIn();
  await other.chooses('Sign out everywhere');
  await other.page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await other.reads('You are signed out on all devices.');
  await elsewhere.page.goto(`${stage.host.url}/r/otter?autojoin&name=Eve`);
  await bob.isWith('Eve');
});

plain('an invitation opens the form to make an account', { host: invites() }, async (stage) => {
  const guest = await Owner.open(stage, 'Eve');
  await guest.button('Sign in').waitFor();
  assert.equal(await guest.button('Create an account').count(), 0);

  const ada = await Owner.open(stage, 'Ada', { path: invitation() });
  await ada.page.getByRole('heading', { name: 'Create an account' }).waitFor();
  assert.equal(ada.page.url(), `${stage.host.url}/people`);
  await ada.page.getByLabel('Name', { exact: true }).fill('Ada');
  await ada.page.getByLabel('Password', { exact: true }).fill(password);
  await ada.button('Create account').click();
  await ada.isSignedIn();
  await ada.goesOnline();
  await guest.person.goesOnline();
  await guest.person.finds('Ada');
});

plain(
  'where nobody may make an account, one can sign in',
  { host: keepsAccounts('closed') },
  async (stage) => {
    const ada = await Owner.open(stage, 'Ada');
    ada.tab.expectProblem(refused(401));
    await ada.signsIn();
    await alert(ada, 'Wrong name or password.');
    assert.equal(await ada.page.getByText('Create an account').count(), 0);
  },
);

test('accounts are used with the keyboard alone', async (stage) => {
  const { page, ...ada } = await Owner.open(stage, 'Ada');
  await page.getByRole('button', { name: 'Create an account' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Name', { exact: true }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type(ada.name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  const goOnline = page.getByRole('button', { name: 'Go online as Ada' });
  await goOnline.and(page.locator(':focus')).waitFor();

  const menu = page.getByRole('button', { name: /^Your account/ });
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor({ state: 'detached' });
  await menu.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Delete account' }).focus();
  await page.keyboard.press('Enter');
  await page
    .getByRole('dialog')
    .getByLabel('Your password', { exact: true })
    .and(page.locator(':focus'))
    .waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await menu.and(page.locator(':focus')).waitFor();
});

test('axe-core finds nothing serious about accounts', async (stage) => {
  const ada = await Owner.open(stage, 'Ada', { init: axe });
  await ada.button('Create an account').waitFor();
  await assertAccessible(ada.tab, 'guest');
  await ada.registers('short');
  await alert(ada, 'Use at least 8 characters.');
  await assertAccessible(ada.tab, 'form');
  await ada.page.getByLabel('Password', { exact: true }).fill(password);
  await ada.button('Create account').click();
  await ada.isSignedIn();
  await assertAccessible(ada.tab, 'signed in');

  const bola = await Owner.register(stage, 'Bola');
  await ada.goesOnline();
  await bola.goesOnline();
  await bola.person.calls('Ada');
  await ada.person.isCalledBy('Bola');
  await bola.person.cancels();
  await ada.recalls('Bola', 'Missed');
  await assertAccessible(ada.tab, 'online');
  await bola.person.goesOffline();
  await ada.button('Call Bola, offline').click();
  await ada.person.reads('Bola is not online. They will see that you called.');
  await assertAccessible(ada.tab, 'missed call');
  await ada.chooses('Change password');
  await ada.page.getByRole('dialog').waitFor();
  await assertAccessible(ada.tab, 'dialog');
});
