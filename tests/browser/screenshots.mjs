// Makes pictures of the built product: node tests/browser/screenshots.mjs [call | people | publish | stream | live]
//
//     call      docs/call.png, the picture of the README: three people, seen from the first one's window
//     people    docs/people.png, a call by name that rings; and the page /people in each of its states
//     publish   the page /publish in each of its states, on a phone and a laptop, dark and light, to look at:
//               test-results/screenshots/
//     stream    the room of a publisher whose stream the media gateway takes, likewise: before it begins, as it is watched
//               alone, and with somebody else
//     live      a room with a long name: nobody is live, somebody else is, and oneself too, likewise
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { launch } from './support/browser.mjs';
import { Host } from './support/host.mjs';
import { picturesOfPeople } from './support/people-pictures.mjs';
import { drawnCamera, people } from './support/portrait.mjs';
import { PublishTab, sim } from './support/publish.mjs';
import { publishStates } from './support/publish-states.mjs';
import { Stage } from './support/suite.mjs';

const folder = (path) => fileURLToPath(new URL(path, new URL('../../', import.meta.url)));
const windows = { phone: { width: 390, height: 844 }, laptop: { width: 1280, height: 800 } };

async function call(stage) {
  const options = { viewport: { width: 1200, height: 720 }, colorScheme: 'light', room: 'brave-otter-427' };
  const tabs = [];
  for (const person of people)
    tabs.push(await stage.join(person.name, { ...options, init: drawnCamera(person) }));
  const [ada, bola, chiyo] = tabs;
  for (const tab of tabs) {
    await tab.meets(...people.map(({ name }) => name).filter((name) => name !== tab.label));
  }
  await chiyo.button('Microphone').click();
  await ada.page.getByRole('group', { name: /^Chiyo, microphone off/ }).waitFor();
  await bola.says('Can you both see my notes?');
  await chiyo.says('Yes, all of them.');
  await ada.reads('Yes, all of them.');
  await ada.page.getByRole('status').getByText('joined').waitFor({ state: 'detached' });
  await mkdir(folder('docs'), { recursive: true });
  await ada.page.screenshot({ path: folder('docs/call.png'), animations: 'disabled' });
}

const shootPublish = (name, reach) => async (stage) => {
  for (const [window, viewport] of Object.entries(windows)) {
    const { tab } = await reach(stage, { viewport, init: drawnCamera(people[0]) });
    for (const colorScheme of ['light', 'dark']) {
      await tab.page.emulateMedia({ colorScheme });
      const path = folder(`test-results/screenshots/publish-${name}-${window}-${colorScheme}.png`);
      await tab.page.screenshot({ path, animations: 'disabled', fullPage: true });
    }
    for (const { page } of stage.tabs.splice(0)) await page.close();
  }
};

/** Pictures of a room, once nothing passing is said in it. */
async function shootRoom({ page }, name) {
  const news = page.getByRole('status').getByText(/joined|left/);
  while ((await news.count()) > 0) await news.first().waitFor({ state: 'detached' });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const path = folder(`test-results/screenshots/${name}-${colorScheme}.png`);
    await page.screenshot({ path, animations: 'disabled' });
  }
}

async function live(stage) {
  const room = 'the-brave-otters-of-the-north-427';
  const bola = await stage.join('Bola', { room, init: drawnCamera(people[1]) });
  for (const [window, viewport] of Object.entries(windows)) {
    const ada = await stage.join('Ada', { room, viewport, init: drawnCamera(people[0]) });
    await ada.meets('Bola');
    await shootRoom(ada, `live-nobody-${window}`);
    await bola.button('Go live').click();
    await ada.page.getByRole('link', { name: 'Bola is live' }).waitFor();
    await shootRoom(ada, `live-other-${window}`);
    await ada.button('Go live').click();
    await bola.page.getByRole('link', { name: 'Ada is live' }).waitFor();
    await shootRoom(ada, `live-both-${window}`);
    await bola.button('Stop streaming').click();
    await ada.page.close();
  }
}

async function stream(stage) {
  const publisher = await PublishTab.open(stage.open, { init: drawnCamera(people[1]) });
  for (const [window, viewport] of Object.entries(windows)) {
    const ada = await stage.join('Ada', { room: sim, viewport, init: drawnCamera(people[0]) });
    const shoot = (state) => shootRoom(ada, `stream-${state}-${window}`);
    const early = new WebSocket(new URL(`/${sim}`, stage.host.url.replace('http', 'ws')));
    early.on('open', () => early.send(JSON.stringify({ type: 'join', simNumber: sim })));
    await ada.page.locator('parley-player[data-state=waiting]').waitFor();
    await shoot('before');
    early.close();
    await ada.page.locator('parley-player').waitFor({ state: 'detached' });
    await publisher.start();
    await ada.page.locator('parley-player[data-state=playing]').waitFor();
    await shoot('alone');
    const chiyo = await stage.join('Chiyo', { room: sim, init: drawnCamera(people[2]) });
    await ada.meets('Chiyo');
    await shoot('with-somebody');
    await chiyo.page.close();
    await ada.page.close();
    await publisher.stop();
  }
}

const shootPeople = (stage, browser) =>
  picturesOfPeople({
    browser,
    host: stage.host,
    docs: folder('docs/'),
    folder: folder('test-results/screenshots'),
  });

const scenes = new Map([
  ['call', { shoot: call }],
  ['people', { shoot: shootPeople }],
  ['stream', { host: ['--hls', 'on'], shoot: stream }],
  ['live', { host: ['--hls', 'on'], shoot: live }],
]);
for (const { name, devices, reach } of publishStates)
  scenes.set(`publish ${name}`, { devices, shoot: shootPublish(name.replaceAll(' ', '-'), reach) });

const wanted = process.argv[2] ?? 'call';
const found = [...scenes].filter(([name]) => name.startsWith(wanted));
if (found.length === 0)
  throw new Error(`There is no scene "${wanted}", only: ${[...scenes.keys()].join(', ')}.`);
for (const [name, { devices, host = [], shoot }] of found) {
  console.log(name);
  const browser = await launch(devices);
  const stage = new Stage(browser, await Host.start(...host));
  try {
    await shoot(stage, browser);
  } finally {
    await stage.close();
    await browser.close();
  }
}
