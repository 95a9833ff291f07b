import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { user, visitor } from './person.mjs';
import { drawnCamera, people } from './portrait.mjs';
import { Tab } from './tab.mjs';

const sizes = {
  laptop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};
/** Who is online besides: [name, id]. */
const others = [
  ['Dora', 'Dora'],
  ['Émile Zola', '923244219594'],
  ['fatima', 'fatima'],
  ['Grace Hopper', '923244219595'],
  ['Ivan', 'Ivan'],
  ['Жанна', 'Жанна'],
];

/** Every state of /people in `folder`, as STATE-SIZE-SCHEME.png; and that of a call that comes in in `docs`. */
export async function picturesOfPeople({ browser, host, docs, folder }) {
  if (folder) await mkdir(folder, { recursive: true });
  const open = async (url, { label, init, person }) => {
    const context = await browser.newContext({ viewport: sizes.laptop, colorScheme: 'light' });
    await context.addInitScript(drawnCamera(person));
    await context.addInitScript(init);
    return Tab.open(context, new URL(url, host.url).href, label);
  };
  const visit = (person) => visitor(open, person.name, { person });
  const take = async ({ page }, state) => {
    if (!folder) return;
    for (const [size, viewport] of Object.entries(sizes)) {
      for (const colorScheme of ['light', 'dark']) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        // Rings spread, and what has arrived has faded in.
        await page.waitForTimeout(700);
        await page.screenshot({ path: `${folder}/people-${state}-${size}-${colorScheme}.png` });
      }
    }
    await page.setViewportSize(sizes.laptop);
    await page.emulateMedia({ colorScheme: 'light' });
  };

  const [ada, bola] = await Promise.all(people.slice(0, 2).map(visit));
  await take(ada, 'offline');
  await ada.goesOnline();
  await ada.page.getByText('Nobody else is online yet').waitFor();
  await take(ada, 'nobody');

  const users = await Promise.all(others.map(([name, id]) => user(host, name, id)));
  await bola.goesOnline();
  await ada.finds('Bola');
  await ada.finds('Жанна');
  const say = (who, message) =>
    users[others.findIndex(([name]) => name === who)].send(JSON.stringify(message));
  say('Émile Zola', { type: 'call_request', target_username: 'Ivan' });
  await once(users[others.findIndex(([name]) => name === 'Ivan')], 'message');
  say('Ivan', { type: 'call_accepted', caller_username: 'Émile Zola' });
  await ada.seesInCall('Ivan');
  await take(ada, 'list');
  await ada.page.getByLabel('Search by name').fill('zoe');
  await take(ada, 'found-nobody');
  await ada.page.getByLabel('Search by name').fill('');

  await ada.calls('Bola');
  await take(ada, 'outgoing');
  await bola.isCalledBy('Ada');
  await bola.page.waitForTimeout(700);
  await bola.page.screenshot({ path: `${docs}people.png` });
  await take(bola, 'incoming');
  await bola.rejects();
  await ada.reads('Bola rejected your call.');
  await take(ada, 'rejected');

  await ada.calls('Bola');
  await bola.isCalledBy('Ada');
  await bola.accepts();
  await ada.meets('Bola');
  await bola.meets('Ada');
  await take(ada, 'accepted');
  await bola.hangsUp();
  await ada.reads('Bola hung up.');
  await take(ada, 'ended');

  await bola.goesOffline();
  await bola.page.getByLabel('Your name').fill('Ada');
  await bola.tab.button('Go online').click();
  await bola.page.getByRole('alert').waitFor();
  await take(bola, 'name-taken');
  for (const socket of users) socket.close();
  if (!folder) return;
  await host.kill();
  await ada.page.getByRole('alert').waitFor();
  await take(ada, 'host-away');
  await host.restart();
}
