import assert from 'node:assert/strict';
import { suite } from './support/suite.mjs';

const test = suite();

/** The accessible name of what has the focus, through all shadow roots. */
const focused = (tab) =>
  tab.page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });

/** Presses Tab until something of that name has the focus, as somebody without a mouse does. */
async function tabTo(tab, name) {
  const passed = [];
  for (let presses = 0; presses < 60; presses++) {
    const now = await focused(tab);
    if (now === name) return;
    passed.push(now);
    await tab.page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to "${name}", only to: ${passed.join(' · ')}`);
}

test('a keyboard is enough to join, mute, chat and leave', async ({ join, open }) => {
  const bob = await join('Bob');
  const ada = await open('/r/otter', { label: 'Ada' });
  const { keyboard } = ada.page;
  await ada.page.getByLabel('Your name').focus();
  await keyboard.type('Ada');
  await keyboard.press('Enter');
  await ada.meets('Bob');
  await bob.meets('Ada');

  await tabTo(ada, 'Microphone');
  await keyboard.press('Space');
  await bob.page.getByRole('group', { name: /^Ada, microphone off/ }).waitFor();
  await keyboard.press('m');
  await bob.page.getByRole('group', { name: /^Ada, microphone on/ }).waitFor();

  await keyboard.press('c');
  await ada.page.getByRole('log').waitFor();
  await keyboard.type('Hands on the keyboard.');
  await keyboard.press('Enter');
  await bob.reads('Hands on the keyboard.');
  await keyboard.press('Escape');
  await ada.page.getByRole('log').waitFor({ state: 'detached' });

  await tabTo(ada, 'Leave');
  await keyboard.press('Enter');
  await ada.page.getByRole('heading', { name: 'You left the room' }).waitFor();
  await bob.isWith();
});

test('who presses keys unwillingly turns them off, and they stay off', async ({ join }) => {
  const ada = await join('Ada');
  const keys = () => ada.page.getByRole('checkbox', { name: 'Use single-key shortcuts' });
  await ada.button('Settings').click();
  await ada.page.getByText('Microphone on or off').waitFor();
  await keys().uncheck();
  await ada.page.getByText('Microphone on or off').waitFor({ state: 'detached' });
  await ada.page.keyboard.press('Escape');
  await keys().waitFor({ state: 'detached' });
  const panel = () =>
    ada.page.locator('parley-room').evaluate(async (room) => {
      await room.updateComplete;
      return room.shadowRoot.querySelector('aside') !== null;
    });
  await ada.page.keyboard.press('c');
  assert.equal(await panel(), false);

  await ada.page.reload();
  await ada.button('Leave').waitFor();
  await ada.page.keyboard.press('c');
  assert.equal(await panel(), false);
  await ada.button('Settings').click();
  await keys().check();
  await ada.button('Close').focus();
  await ada.page.keyboard.press('c');
  await ada.page.getByRole('log').waitFor();
});

test('the start page leads to a new room and to one that has a name', async ({ open }) => {
  const ada = await open('/', { label: 'Ada' });
  const suggested = await ada.page.locator('#name').textContent();
  assert.match(suggested, /^[a-z]+-[a-z]+-\d{3}$/);
  await ada.page.getByRole('link', { name: 'Start a room' }).click();
  await ada.page.getByRole('heading', { name: suggested }).waitFor();
  assert.equal(new URL(ada.page.url()).pathname, `/r/${suggested}`);

  await ada.page.goBack();
  await ada.page.getByLabel('Or join one').fill(`${new URL(ada.page.url()).origin}/r/blue%20otter`);
  await ada.page.keyboard.press('Enter');
  await ada.page.getByRole('heading', { name: 'blue otter' }).waitFor();
  await ada.button('Join the room').click();
  await ada.isWith();

  await ada.page.goto(new URL('/', ada.page.url()).href);
  await ada.page
    .getByRole('navigation', { name: 'Recent rooms' })
    .getByRole('link', { name: 'blue otter' })
    .click();
  await ada.page.getByRole('heading', { name: 'blue otter' }).waitFor();
});
