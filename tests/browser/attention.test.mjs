// What a call says to those who look elsewhere, or listen to a screen reader; and where the focus goes.
import assert from 'node:assert/strict';
import { people, visitor } from './support/person.mjs';
import { suite } from './support/suite.mjs';

const test = suite();

/** Waits until what has the focus, through all shadow trees, is of this kind and begins with these words. */
const focusIs = (page, kind, words = '') =>
  page.waitForFunction(
    ([localName, text]) => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element.localName === localName && element.textContent.trim().startsWith(text);
    },
    [kind, words],
  );

test('a message that comes with the chat closed is shown, and counted in the title', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.isWith('Bob');
  await bob.isWith('Ada');
  const { page } = ada;
  await bob.says('Are you there?');
  await page.getByRole('status').getByText('Bob: Are you there?').waitFor();
  await page.waitForFunction(() => document.title === '(1) otter – Parley');
  await ada.button(/^Chat/).first().click();
  await page.waitForFunction(() => document.title === 'otter – Parley');
});

test('passing words are read once: each is a line of its own, and they are not atomic', async ({ join }) => {
  const ada = await join('Ada');
  await join('Bob');
  const line = ada.page.getByRole('status').getByText('Bob joined');
  await line.waitFor();
  const handle = await line.elementHandle();
  await join('Cleo');
  await ada.page.getByRole('status').getByText('Cleo joined').waitFor();
  assert.equal(await handle.evaluate((element) => element.textContent), 'Bob joined');
  const notices = ada.page.locator('parley-room .notices');
  assert.equal(await notices.getAttribute('aria-atomic'), 'false');
});

test('the keys M and V say what they did', async ({ join }) => {
  const ada = await join('Ada');
  await ada.sees('Ada');
  for (const [key, words] of [
    ['m', 'Microphone off'],
    ['m', 'Microphone on'],
    ['v', 'Camera off'],
  ]) {
    await ada.page.keyboard.press(key);
    await ada.page.getByRole('status').getByText(words, { exact: true }).waitFor({ state: 'attached' });
  }
});

test('the focus goes where the person goes on: lobby, call, and after it', async ({ open }) => {
  const ada = await open('/r/otter', { label: 'Ada' });
  const { page } = ada;
  await page.getByText('You look ready.').waitFor();
  await page.getByLabel('Your name').fill('Ada');
  await page.keyboard.press('Enter');
  await focusIs(page, 'main');
  await ada.button('Leave').click();
  await focusIs(page, 'h1', 'You left the room');
  assert.equal(await page.getByRole('main').count(), 1, 'what is said at once leaves the landmark');
  await ada.button('Join again').click();
  await focusIs(page, 'main');
});

test('the focus goes where the person goes on: among people', async (stage) => {
  const ada = await visitor(stage.open, 'Ada');
  await ada.goesOnline();
  await focusIs(ada.page, 'h1', 'Who is online');
  const bob = await people(stage)('Bob');
  await bob.calls('Ada');
  await ada.isCalledBy('Bob');
  await ada.rejects();
  await focusIs(ada.page, 'h1', 'Who is online');
  await bob.calls('Ada');
  await ada.isCalledBy('Bob');
  await ada.accepts();
  await ada.isIn('accepted');
  await focusIs(ada.page, 'main');
  await ada.hangsUp();
  await focusIs(ada.page, 'h1', 'Who is online');
  await ada.goesOffline();
  await focusIs(ada.page, 'input');
});

test('a link in the chat ends before the sentence around it does', async ({ join }) => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await ada.isWith('Bob');
  await bob.isWith('Ada');
  await bob.says('See https://example.org/a_(b). Or (https://example.org/c), https://example.org/d?e=f!');
  await ada.button(/^Chat/).first().click();
  const links = ada.page.getByRole('log').getByRole('link');
  await links.first().waitFor();
  assert.deepEqual(await links.allTextContents(), [
    'https://example.org/a_(b)',
    'https://example.org/c',
    'https://example.org/d?e=f',
  ]);
});

test('a draft survives another panel, and who has scrolled up stays there', async ({ join }) => {
  const ada = await join('Ada', { viewport: { width: 900, height: 420 } });
  const bob = await join('Bob');
  await ada.isWith('Bob');
  await bob.isWith('Ada');
  for (let line = 1; line <= 12; line++) await bob.says(`Line ${line}`);
  await ada.reads('Line 12');
  const log = ada.page.getByRole('log');
  await log.evaluate((body) => (body.scrollTop = 0));
  await bob.says('One more');
  await log.getByText('One more').waitFor({ state: 'attached' });
  assert.equal(await log.evaluate((body) => body.scrollTop), 0);

  await ada.page.getByLabel('Message to everyone').fill('Half a thought');
  await ada.button('Settings').first().click();
  await ada.button(/^Chat/).first().click();
  assert.equal(await ada.page.getByLabel('Message to everyone').inputValue(), 'Half a thought');
});

test('tiles are in the order of the screen', async ({ join }) => {
  const ada = await join('Ada');
  await join('Bob');
  await ada.meets('Bob');
  await ada.button('Pin Ada').click();
  const order = () =>
    ada.page
      .locator('parley-tile')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label').split(/[ ,]/)[0]));
  await ada.page.getByRole('button', { name: 'Pin Ada', pressed: true }).waitFor();
  assert.deepEqual(await order(), ['Ada', 'Bob']);
  await ada.meets('Bob');
});

test('forced colours keep who speaks, and what is off', async ({ join }) => {
  const ada = await join('Ada', { forcedColors: 'active' });
  await ada.sees('Ada');
  await ada.button('Microphone').click();
  const border = ada.page
    .getByRole('button', { name: 'Microphone', pressed: false })
    .evaluate((button) => getComputedStyle(button).borderTopStyle);
  assert.equal(await border, 'dashed');
  // In one turn of the page, which itself says who speaks.
  const outline = ada.tile('Ada').evaluate((tile) => {
    tile.toggleAttribute('data-speaking', true);
    return getComputedStyle(tile).outlineStyle;
  });
  assert.equal(await outline, 'solid');
});
