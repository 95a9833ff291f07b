// Makes pictures of the built product: node tests/browser/screenshots.mjs [call | people | accounts | publish | stream | moderation | live | verified]
//
//     call      docs/call.png, the picture of the README: three people, seen from the first one's window
//     people    docs/people.png, a call by name that rings; and the page /people in each of its states
//     accounts  the page /people of a host with accounts in each of its states, on a phone and a laptop, dark and light:
//               test-results/screenshots/
//     publish   the page /publish in each of its states, on a phone and a laptop, dark and light, to look at:
//               test-results/screenshots/
//     stream    the room of a publisher whose stream the media gateway takes, likewise: before it begins, as it is watched
//               alone, and with somebody else
//     moderation  a room with a moderator in each of its states, on a phone and a laptop, dark and light, likewise
//     live      a room with a long name: nobody is live, somebody else is, and oneself too, likewise
//     verified  what is compared with somebody, in each of its states, likewise
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { keepsAccounts } from './support/accounts.mjs';
import { picturesOfAccounts } from './support/accounts-pictures.mjs';
import { launch } from './support/browser.mjs';
import { Host } from './support/host.mjs';
import { picturesOfPeople } from './support/people-pictures.mjs';
import { drawnCamera, people } from './support/portrait.mjs';
import { asksForTokens, choose, enter, list, moderate, open, title, turn } from './support/moderated.mjs';
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
  const news = page.locator('parley-room .notices p');
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

async function moderation(stage) {
  for (const [window, viewport] of Object.entries({ ...windows, phone: { width: 375, height: 700 } })) {
    const options = { viewport };
    const shoot = (tab, state) => shootRoom(tab, `moderation-${state}-${window}`);
    const ada = await moderate(stage, 'Ada', { ...options, init: drawnCamera(people[0]) });
    const bola = await enter(stage, 'Bola', {
      ...options,
      identity: 'bola@example.org',
      init: drawnCamera(people[1]),
    });
    await ada.meets('Bola');
    await list(ada);
    await shoot(ada, 'list');
    await ada.button('Choices for Bola').click();
    await shoot(ada, 'choices');
    await ada.button('Remove').click();
    await shoot(ada, 'question');
    await ada.button('Cancel').click();
    await ada.button('Choices for Bola').click();
    for (const rule of ['Waiting room', 'Only moderators share', 'Only moderators chat'])
      await turn(ada, rule);
    await shoot(ada, 'rules');
    const dan = await enter(stage, 'Eve', { role: 'moderator' });
    await choose(ada, 'Eve', 'Remove');
    await ada.page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await title(dan, 'You were removed from this room').waitFor();
    const chiyo = await open(stage, 'Chiyo', { ...options, init: drawnCamera(people[2]) });
    await title(chiyo, 'Waiting to be let in').waitFor();
    const dora = await open(stage, 'Dora Winifred Read-Kernighan', options);
    await ada.button('Admit all').waitFor();
    await shoot(chiyo, 'waiting');
    await ada.page.getByRole('region', { name: 'People' }).evaluate((body) => body.scrollTo(0, 0));
    await shoot(ada, 'lobby');
    await ada.button('Close people').click();
    await shoot(ada, 'badge');
    await list(ada);
    await ada.button('Refuse Dora').click();
    await title(dora, 'You were not let in').waitFor();
    await shoot(dora, 'refused');
    await shoot(dan, 'removed');
    await ada.button('Admit Chiyo').click();
    await ada.meets('Chiyo');
    await choose(ada, 'Bola', 'Ask to mute');
    await bola.button('Mute').waitFor();
    await shoot(bola, 'asked');
    await list(bola);
    await shoot(bola, 'list-of-a-guest');
    await bola.button('Chat').first().click();
    await shoot(bola, 'chat-to-read');
    await ada.button('Make a link').click();
    await ada.page.getByLabel('Invitation link').waitFor();
    await ada.button('Withdraw all links').click();
    await ada.button('End call for everybody').scrollIntoViewIfNeeded();
    await shoot(ada, 'invitation');
    await ada.button('Cancel').click();
    await ada.button('End call for everybody').click();
    await shoot(ada, 'end');
    await ada.page.getByRole('button', { name: 'End call', exact: true }).click();
    await title(bola, 'This call has ended').waitFor();
    await shoot(bola, 'ended');
    for (const { page } of stage.tabs.splice(0)) await page.close();
  }
}

async function verified(stage) {
  const identity = 'bola@example.org';
  for (const [window, viewport] of Object.entries(windows)) {
    const shoot = (tab, state) => shootRoom(tab, `verified-${state}-${window}`);
    const ada = await moderate(stage, 'Ada', { viewport, init: drawnCamera(people[0]) });
    const bola = await enter(stage, 'Bola', { identity, init: drawnCamera(people[1]) });
    await ada.meets('Bola');
    await ada.button('Details').click();
    await ada.button('They match: Bola').waitFor();
    await shoot(ada, 'not-compared');
    await ada.button('They differ: Bola').click();
    await shoot(ada, 'different');
    await ada.button('They match: Bola').click();
    await shoot(ada, 'compared');
    await ada.button('Close details').click();
    await shoot(ada, 'tile');
    await list(ada);
    await shoot(ada, 'list');
    await ada.button('Details').click();
    await bola.page.evaluate(() => indexedDB.deleteDatabase('parley-keys'));
    await bola.page.reload();
    await ada.page.getByRole('heading', { name: 'Compare again' }).waitFor();
    await ada.meets('Bola');
    await shoot(ada, 'changed');
    await ada.button('Close details').click();
    await shoot(ada, 'tile-changed');
    for (const { page } of stage.tabs.splice(0)) await page.close();
  }
}

const shootPeople = (stage, browser) =>
  picturesOfPeople({
    browser,
    host: stage.host,
    docs: folder('docs/'),
    folder: folder('test-results/screenshots'),
  });

const shootAccounts = (stage) =>
  picturesOfAccounts(stage, { windows, folder: folder('test-results/screenshots') });

const scenes = new Map([
  ['call', { shoot: call }],
  ['people', { shoot: shootPeople }],
  ['accounts', { host: keepsAccounts(), shoot: shootAccounts }],
  ['stream', { host: ['--hls', 'on'], shoot: stream }],
  ['moderation', { host: asksForTokens, shoot: moderation }],
  ['verified', { host: asksForTokens, shoot: verified }],
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
