// Makes the pictures of the README, from the built product: node tests/browser/screenshots.mjs [FOLDER]
//
// Three people in a call, each in a context of their own, seen from the first one's window; and a call by name that rings.
// With a FOLDER, also every state of the page of calls by name, on a phone and a laptop, in light and dark, to be looked at.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch } from './support/browser.mjs';
import { Host } from './support/host.mjs';
import { picturesOfPeople } from './support/people-pictures.mjs';
import { drawnCamera, people } from './support/portrait.mjs';
import { Tab } from './support/tab.mjs';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const room = 'brave-otter-427';
const browser = await launch();
const host = await Host.start();
try {
  const tabs = [];
  for (const person of people) {
    const context = await browser.newContext({
      viewport: { width: 1200, height: 720 },
      colorScheme: 'light',
    });
    await context.addInitScript(drawnCamera, person);
    tabs.push(await Tab.open(context, `${host.url}/r/${room}?autojoin&name=${person.name}`, person.name));
  }
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
  await mkdir(docs, { recursive: true });
  await ada.page.screenshot({ path: `${docs}call.png`, animations: 'disabled' });
  await picturesOfPeople({ browser, host, docs, folder: process.argv[2] });
} finally {
  await browser.close();
  await host.stop();
}
