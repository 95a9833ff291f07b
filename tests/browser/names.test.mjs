import assert from 'node:assert/strict';
import { people } from './support/person.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

const bytesOf = (text) => Buffer.byteLength(text);
const family = '👨‍👩‍👧‍👦';
const note = 'A name cannot be longer than this.';

/** Runs in a page before its scripts: the name that was given last time. */
const remembers = (name) => `localStorage.setItem('parley.name', ${JSON.stringify(name)});`;

test('a name is as long as the host takes it, in bytes, ends with a whole character, and the field says so', async ({
  open,
}) => {
  const { page } = await open('/r/otter', { label: 'Ada' });
  const field = page.getByLabel('Your name');
  const types = async (typed, kept) => {
    await field.fill(typed);
    assert.equal(await field.inputValue(), kept);
    const words = page.getByRole('status').filter({ hasText: note });
    await words.waitFor({ state: typed === kept ? 'detached' : 'visible' });
  };
  await types('x'.repeat(128), 'x'.repeat(128));
  await types('x'.repeat(129), 'x'.repeat(128));
  await types('漢'.repeat(60), '漢'.repeat(42));
  await types(`${'x'.repeat(110)}${family}`, 'x'.repeat(110));
  await types('नमस्ते'.repeat(8), 'नमस्ते'.repeat(7));
  assert.ok(bytesOf(await field.inputValue()) <= 128);
});

test('a long name bars nobody from a room, though it was remembered, given in the link or typed in a call', async ({
  open,
}) => {
  const ada = await open('/r/otter', { label: 'Ada', init: remembers('漢'.repeat(60)) });
  await ada.button('Join the room').click();
  const bob = await open(`/r/otter?autojoin&name=${encodeURIComponent('字'.repeat(60))}`, { label: 'Bob' });
  await bob.isWith('漢'.repeat(42));
  await ada.isWith('字'.repeat(42));
  await ada.button('Settings').click();
  await ada.page.getByLabel('Your name').fill('语'.repeat(60));
  await ada.page.keyboard.press('Enter');
  await bob.isWith('语'.repeat(42));
});

test('a long name keeps nobody offline', async ({ open }) => {
  const { page } = await open('/people', { label: 'Ada', init: remembers('漢'.repeat(60)) });
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByRole('heading', { name: 'Who is online' }).waitFor();
  await page.locator('.self').getByText('漢'.repeat(42), { exact: true }).waitFor();
});

test('a name turns no sentence around', async ({ join }) => {
  const ada = await join('Ada');
  const hebrew = 'דנה';
  await join('Bob\u202eevil\u2069');
  await ada.page.getByText('Bobevil joined', { exact: true }).waitFor();
  await ada.page.getByRole('group', { name: /^Bobevil, microphone/ }).waitFor();
  await join(hebrew);
  await ada.page.getByText(`\u2068${hebrew}\u2069 joined`, { exact: true }).waitFor();
  await ada.page.getByRole('group', { name: `\u2068${hebrew}\u2069, microphone` }).waitFor();
});

test('nor does it in a call’s title and its announcement', async (stage) => {
  const online = people(stage);
  const ada = await online('Ada');
  const bob = await online('Bob\u202e');
  await bob.calls('Ada');
  await ada.isCalledBy('Bob');
  assert.equal(await ada.page.title(), 'Bob is calling you – Parley');
});

test('rooms that no link can name are refused with words on the start page', async ({ open }) => {
  const home = await open('/', { label: 'Ada' });
  const field = home.page.getByLabel('Or join one');
  const join = home.page.getByRole('button', { name: 'Join' });
  for (const name of ['.', '..', 'x'.repeat(129)]) {
    await field.fill(name);
    await join.click();
    await home.page.getByRole('alert').filter({ hasText: 'Choose a' }).waitFor();
  }
  await field.fill('...');
  await join.click();
  await home.page.getByRole('heading', { name: '...' }).waitFor();
});

const nowhere = (host) => `<!doctype html>
<title>No link leads there</title>
<script type="module" src="${host.url}/parley.js"></script>
<parley-room room=".." autojoin></parley-room>
`;

test('nor does an element join such a room', async ({ open, site, host }) => {
  const embedder = await open(await site({ '/': nowhere(host) }), { label: 'Embedder' });
  await embedder.page.getByText('no link could lead there').waitFor();
});
