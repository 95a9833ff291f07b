import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { insecureName } from './support/browser.mjs';
import { suite } from './support/suite.mjs';

/** Waits for the words about a device that does not work. */
const hint = (tab, words) => tab.page.getByRole('alert').filter({ hasText: words }).first().waitFor();

describe('where permissions decide', () => {
  const test = suite('guarded');
  const allowed = ['camera', 'microphone'];

  test('a denied camera is said in words, and one joins without it', async ({ join, open }) => {
    const ada = await join('Ada', { permissions: allowed });
    const bob = await open('/r/otter?name=Bob', { label: 'Bob', permissions: [] });
    await hint(bob, 'The camera is blocked');
    await hint(bob, 'The microphone is blocked');
    await hint(bob, 'Allow the camera for this page beside the address bar, then try again.');
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

  test('it is said in words, and one sees the others', async ({ host, join }) => {
    const ada = await join('Ada');
    const bob = await join('Bob', { at: `http://${insecureName}:${host.port}` });
    // A browser that does not trust the origin says so of a header that is for those it trusts.
    bob.expectProblem(/The Cross-Origin-Opener-Policy header has been ignored/);
    assert.equal(await bob.page.evaluate(() => window.isSecureContext), false);
    await hint(bob, 'No camera on an insecure page');
    await hint(bob, 'Browsers lend a camera only to pages opened with https:// or on localhost.');
    await bob.meets('Ada');
    await ada.isWith('Bob');
  });
});
