// What people see of the start page, the lobby and a call.
import assert from 'node:assert/strict';
import { test as plainTest } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { suite } from './support/suite.mjs';

const test = suite();
const guarded = suite('guarded');

/** Runs in each page before its scripts: adds up how far the page moved by itself (Layout Instability). */
function watchLayout() {
  window.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries())
      if (!hadRecentInput) window.layoutShift += value;
  }).observe({ type: 'layout-shift', buffered: true });
}
const watched = { init: { content: `(${watchLayout})()` } };

for (const [window, viewport] of Object.entries({
  laptop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
})) {
  test(`nothing jumps on the way into a call, on a ${window}`, async ({ join }) => {
    const bob = await join('Bob');
    for (const room of ['otter', 'empty']) {
      const ada = await join('Ada', { room, viewport, ...watched });
      if (room === 'otter') await ada.meets('Bob');
      else await ada.page.getByText('You’re the first one here').waitFor();
      await ada.loaded();
      const shift = await ada.page.evaluate(() => window.layoutShift);
      assert.ok(shift <= 0.05, `${room}: a layout shift of ${shift}`);
      await ada.page.close();
    }
    await bob.isWith();
  });
}

test('three people on a laptop see each other in 16 to 9', async ({ join }) => {
  const viewport = { width: 1280, height: 800 };
  const [ada] = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => join(name, { viewport })));
  await ada.meets('Bob', 'Cleo');
  for (const name of ['Ada', 'Bob', 'Cleo']) {
    const { width, height } = await ada.tile(name).boundingBox();
    assert.ok(Math.abs(width / height - 16 / 9) < 0.02, `${name}: ${width} × ${height}`);
  }
});

test('who is left alone is told so, and not that they are the first', async ({ join }) => {
  const ada = await join('Ada');
  await ada.page.getByText('You’re the first one here').waitFor();
  const bob = await join('Bob');
  await ada.isWith('Bob');
  await bob.button('Leave').click();
  await ada.page.getByRole('heading', { name: 'Everyone else has left' }).waitFor();
});

test('who gave no name sees the one that the others see', async ({ join }) => {
  const ada = await join('');
  const bob = await join('Bob');
  await bob.isWith((await ada.snapshot()).self);
  const { self } = await ada.snapshot();
  await ada.page.getByRole('group', { name: `${self} (you)` }).waitFor();
  await bob.tile(self).waitFor();
});

test('no page is wider than a narrow phone', async ({ open }) => {
  for (const path of ['/', '/people', '/publish', '/watch/923244219594', '/r/otter', '/nothing-here']) {
    const tab = await open(path, { label: path, viewport: { width: 320, height: 740 } });
    tab.expectProblem(/404 \(Not Found\)/);
    await tab.page.getByRole('heading').first().waitFor();
    const width = await tab.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${path} is ${width} px wide`);
  }
});

for (const [window, viewport] of Object.entries({
  laptop: { width: 1000, height: 700 },
  phone: { width: 320, height: 740 },
})) {
  test(`passing words leave an open chat alone, on a ${window}`, async ({ join }) => {
    const ada = await join('Ada', { viewport });
    await ada.button('Chat').first().click();
    const chat = ada.page.locator('parley-chat');
    await chat.waitFor();
    for (const name of ['Bob', 'Cleo']) {
      await join(name);
      const words = ada.page.getByRole('status').getByText(`${name} joined`);
      await words.waitFor();
      const [above, below] = [await words.boundingBox(), await chat.boundingBox()];
      const apart = above.y + above.height <= below.y || above.x + above.width <= below.x;
      assert.ok(apart, `“${name} joined” at ${JSON.stringify(above)}, the chat at ${JSON.stringify(below)}`);
    }
  });
}

test('a touch screen is shown no keys, and lets them be turned off', async ({ join }) => {
  const ada = await join('Ada', { hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });
  await ada.button('Settings').first().tap();
  await ada.page.getByLabel('Use single-key shortcuts').waitFor();
  assert.equal(await ada.page.getByText('Microphone on or off').isVisible(), false);
});

test('a person is pinned by touch, also on a small tile', async ({ join }) => {
  const touch = { hasTouch: true, isMobile: true, viewport: { width: 320, height: 256 } };
  const ada = await join('Ada', touch);
  await join('Bob');
  await ada.meets('Bob');
  const pin = ada.button('Pin Bob');
  assert.equal(await pin.evaluate((button) => getComputedStyle(button).opacity), '1');
  await pin.tap();
  await ada.page.getByRole('button', { name: 'Pin Bob', pressed: true }).waitFor();
});

test('the lobby has nothing to pin, and a way home', async ({ open }) => {
  const ada = await open('/r/otter', { label: 'Ada' });
  await ada.page.getByText('You look ready.').waitFor();
  assert.equal(await ada.button(/^Pin/).count(), 0);
  await ada.page.getByRole('link', { name: 'Parley' }).click();
  await ada.page.getByRole('link', { name: 'Start a room' }).waitFor();
});

test('a call has a way home', async ({ join }) => {
  const ada = await join('Ada');
  await ada.page.getByRole('link', { name: 'Parley, the start page' }).click();
  await ada.page.getByRole('link', { name: 'Start a room' }).waitFor();
});

guarded('a device that is blocked looks off', async ({ open }) => {
  const ada = await open('/r/otter', { label: 'Ada', permissions: [] });
  await ada.page.getByText('The camera is blocked').waitFor();
  for (const name of ['Microphone', 'Camera'])
    await ada.page.getByRole('button', { name, pressed: false }).waitFor();
});

test('who shows nothing cannot go live', { host: ['--hls', 'on'] }, async ({ join }) => {
  const ada = await join('Ada', { query: { 'no-camera': '' } });
  await ada.button('Microphone').click();
  await ada.page.getByRole('button', { name: 'Microphone', pressed: false }).waitFor();
  await ada.button('Go live').click();
  await ada.page.getByText('Turn on your camera or microphone first.').waitFor();
  assert.equal(await ada.button('Stop streaming').count(), 0);
});

test('a link to another site is no room’s name', async ({ open, host }) => {
  const ada = await open('/', { label: 'Ada' });
  const field = ada.page.getByLabel('Or join one');
  await field.fill('https://example.org/some/page');
  await ada.button('Join').click();
  await ada.page.getByRole('alert').filter({ hasText: 'another site, example.org' }).waitFor();
  await field.fill(`${host.url}/r/otter?autojoin`);
  await field.press('Enter');
  await ada.page.waitForURL('**/r/otter');
});

const { roomFrom } = await (async () => {
  const path = fileURLToPath(new URL('../../web/src/app/room-name.ts', import.meta.url));
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
})();

for (const [typed, expected] of [
  ['blue otter', 'blue-otter'],
  [' otter ', 'otter'],
  ['https://parley.example/r/blue%20otter#x', 'blue otter'],
  ['https://parley.example/r/otter/', 'otter'],
  ['parley.example/r/otter', 'otter'],
  ['/r/otter', 'otter'],
  ['100%', '100%'],
  ['a/b', 'a/b'],
  ['https://evil.example/r/otter', null],
  ['https://parley.example/people', null],
  ['mailto://x', null],
  ['.', null],
  ['..', null],
]) {
  plainTest(`typed as a room: ${typed}`, () => {
    const { room, problem } = roomFrom(typed, 'https://parley.example/');
    assert.equal(room ?? null, expected);
    assert.equal(problem === undefined, expected !== null);
  });
}
