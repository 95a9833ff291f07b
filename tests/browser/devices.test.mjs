import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { insecureName } from './support/browser.mjs';
import { suite } from './support/suite.mjs';

/** Waits for the words about a device that does not work. */
const hint = (tab, words) => tab.page.getByRole('alert').filter({ hasText: words }).first().waitFor();

/** Runs in the page before its scripts: devices open when the test says so, and it is kept what they gave. */
function holdDevices() {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const opened = new Promise((resolve) => (window.openDevices = resolve));
  window.prompts = 0;
  window.given = [];
  mediaDevices.getUserMedia = async (constraints) => {
    window.prompts++;
    await opened;
    const stream = await open(constraints);
    window.given.push(...stream.getTracks());
    return stream;
  };
}

describe('where permissions decide', () => {
  const test = suite('guarded');
  const allowed = ['camera', 'microphone'];

  test('a denied camera is said in words, and one joins without it', async ({ join, open }) => {
    const ada = await join('Ada', { permissions: allowed });
    const bob = await open('/r/otter?name=Bob', { label: 'Bob', permissions: [] });
    await hint(bob, 'The camera is blocked');
    await hint(bob, 'The microphone is blocked');
    await hint(bob, 'Click the camera icon in the address bar and allow access, then try again.');
    await bob.button('Join the room').click();
    await bob.meets('Ada');
    await ada.isWith('Bob');
    await ada.page.getByRole('group', { name: /^Bob, microphone off, camera off/ }).waitFor();
    await ada.tile('Bob').locator('video').waitFor({ state: 'hidden' });
    await bob.says('No camera here, but hello.');
    await ada.reads('No camera here, but hello.');
  });

  test('a camera allowed later is seen by those who are there', async ({ join }) => {
    const ada = await join('Ada', { permissions: allowed });
    const bob = await join('Bob', { permissions: [] });
    await hint(bob, 'The camera is blocked');
    await ada.isWith('Bob');

    await bob.page.context().grantPermissions(allowed);
    await bob.button('Camera').click();
    await ada.sees('Bob');
    await bob.button('Microphone').click();
    await ada.hears('Bob');
  });

  test('a denied camera does not cost the microphone', async ({ join }) => {
    const ada = await join('Ada', { permissions: allowed });
    const bob = await join('Bob', { permissions: ['microphone'] });
    await hint(bob, 'The camera is blocked');
    await ada.hears('Bob');
    await ada.page.getByRole('group', { name: /^Bob, microphone on, camera off/ }).waitFor();
  });
});

describe('where devices take their time', () => {
  const test = suite();
  const live = (tab) =>
    tab.page.evaluate(() => given.filter(({ readyState }) => readyState === 'live').length);

  test('who joins meanwhile opens none twice, and leaves none on', async ({ open, join }) => {
    const bob = await join('Bob');
    const ada = await open('/r/otter?name=Ada', { label: 'Ada', init: holdDevices });
    await ada.page.waitForFunction(() => prompts === 1);
    await ada.button('Join the room').click();
    await ada.button('Leave').waitFor();
    for (const key of ['v', 'v', 'm']) await ada.page.keyboard.press(key);
    await ada.page.evaluate(() => openDevices());
    await bob.meets('Ada');
    assert.equal(await ada.page.evaluate(() => prompts), 1);
    assert.equal(await live(ada), 2);

    // Nor by a hasty hand.
    await ada.page.keyboard.press('v');
    await ada.page.waitForFunction(() => given.some(({ readyState }) => readyState === 'ended'));
    for (const key of ['v', 'v']) await ada.page.keyboard.press(key);
    await ada.page.waitForFunction(() => given.length >= 3);
    await ada.button('Leave').click();
    await ada.page.getByText('You left the room').waitFor();
    assert.equal(await live(ada), 0);
  });

  test('who leaves before they open leaves none on', async ({ open }) => {
    const ada = await open('/r/otter?name=Ada', { label: 'Ada', init: holdDevices });
    await ada.page.waitForFunction(() => prompts === 1);
    await ada.button('Join the room').click();
    await ada.button('Leave').click();
    await ada.page.evaluate(() => openDevices());
    await ada.page.waitForFunction(() => given.length >= 2);
    await ada.page.waitForFunction(() => given.every(({ readyState }) => readyState === 'ended'));
  });
});

describe('where nothing is plugged in', () => {
  const test = suite('none');

  test('it is said in words, and one joins to watch and listen', async ({ join, open }) => {
    const ada = await join('Ada');
    await hint(ada, 'No camera found');
    const bob = await open('/r/otter?name=Bob', { label: 'Bob' });
    await hint(bob, 'No microphone found');
    await bob.button('Join the room').click();
    await ada.isWith('Bob');
    await bob.isWith('Ada');
    await ada.says('Nobody sees us.');
    await bob.reads('Nobody sees us.');
  });
});

describe('where the page came over plain http', () => {
  const test = suite();

  test('it is said in words, and one sees the others', async ({ host, join, open }) => {
    const ada = await join('Ada');
    const bob = await open(`http://${insecureName}:${host.port}/r/otter?name=Bob`, { label: 'Bob' });
    // A browser that does not trust the origin says so of a header that is for those it trusts.
    bob.expectProblem(/The Cross-Origin-Opener-Policy header has been ignored/);
    assert.equal(await bob.page.evaluate(() => window.isSecureContext), false);
    await hint(bob, 'No camera on an insecure page');
    await hint(bob, 'Browsers allow a camera only on pages opened with https:// or on localhost.');
    await bob.button('Join the room').click();
    await bob.meets('Ada');
    await ada.isWith('Bob');
  });
});
