import { mkdir } from 'node:fs/promises';
import { Owner, password } from './accounts.mjs';
import { drawnCamera, people } from './portrait.mjs';
import { user } from './person.mjs';

/** As the page writes a name that goes from right to left. */
const isolated = (name) => `\u2068${name}\u2069`;

/** Every state of accounts in `folder`, as accounts-STATE-WINDOW-SCHEME.png. */
export async function picturesOfAccounts(stage, { windows, folder }) {
  await mkdir(folder, { recursive: true });
  const shoot = async ({ page }, state) => {
    for (const [window, viewport] of Object.entries(windows)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const path = `${folder}/accounts-${state}-${window}-${colorScheme}.png`;
        await page.screenshot({ path, animations: 'disabled' });
      }
    }
    await page.setViewportSize(windows.laptop);
  };

  const ada = await Owner.open(stage, 'Ada', { init: drawnCamera(people[0]) });
  await ada.button('Create an account').waitFor();
  await shoot(ada, 'guest');
  await ada.button('Sign in').click();
  await ada.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await shoot(ada, 'sign-in');
  await ada.page.getByRole('main').getByRole('button', { name: 'Create an account' }).click();
  await ada.page.getByLabel('Name', { exact: true }).fill('Ada');
  await ada.page.getByLabel('Password', { exact: true }).fill('short');
  await ada.button('Create account').click();
  await ada.page.getByRole('alert').getByText('Use at least').waitFor();
  await shoot(ada, 'register-problem');
  await ada.page.getByLabel('Password', { exact: true }).fill(password);
  await ada.button('Create account').click();
  await ada.isSignedIn();
  await ada.recent.waitFor();
  await shoot(ada, 'signed-in');
  await ada.goesOnline();
  await shoot(ada, 'nobody');

  const others = [];
  for (const name of ['Bola', 'Chiyo', 'Dora-Winifred.Read-Kernighan_2']) {
    const other = await Owner.register(stage, name);
    await other.goesOnline();
    others.push(other);
  }
  const [bola, chiyo, dora] = others;
  const guests = await Promise.all(['Zoe', 'فاطمة', 'Grace'].map((name) => user(stage.host, name)));
  await ada.person.calls('Bola');
  await bola.person.isCalledBy('Ada');
  await bola.person.accepts();
  await ada.person.meets('Bola');
  await ada.person.hangsUp();
  await ada.recalls('Bola', 'Outgoing');
  for (const other of [chiyo, dora]) {
    await other.person.calls('Ada');
    await ada.person.isCalledBy(other.name);
    await other.person.cancels();
    await ada.recalls(other.name, 'Missed');
  }
  await ada.person.calls(isolated('فاطمة'));
  await ada.person.cancels();
  await ada.recalls('فاطمة', 'No answer');
  await ada.person.calls('Chiyo');
  await chiyo.person.isCalledBy('Ada');
  await chiyo.person.rejects();
  await ada.recalls('Chiyo', 'Rejected');
  await bola.person.calls('Ada');
  await ada.person.isCalledBy('Bola');
  await ada.person.rejects();
  await ada.recalls('Bola', 'You rejected it');
  guests[1].close();
  await ada.person.misses(isolated('فاطمة'));
  await dora.person.goesOffline();
  await ada.button(`Call ${dora.name}, offline`).first().waitFor();
  await shoot(ada, 'online');
  await ada.button(`Call ${dora.name}, offline`).first().click();
  await ada.person.reads(`${dora.name} is not online. They will see that you called.`);
  await shoot(ada, 'missed-call-left');
  await ada.page.getByRole('button', { name: /^Your account/ }).click();
  await shoot(ada, 'menu');
  for (const [choice, state] of [
    ['Change password', 'change-password'],
    ['Sign out everywhere', 'everywhere'],
    ['Delete account', 'delete'],
  ]) {
    await ada.button(choice).click();
    await ada.page.getByRole('dialog').waitFor();
    await shoot(ada, state);
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await ada.page.getByRole('dialog').waitFor({ state: 'detached' });
    await ada.page.getByRole('button', { name: /^Your account/ }).click();
  }
  await ada.page.keyboard.press('Escape');
  await dora.page.reload();
  await dora.recent.getByText('1 missed').waitFor();
  await shoot(dora, 'missed');
  await ada.chooses('Sign out');
  await ada.reads('You are signed out.');
  await shoot(ada, 'signed-out');
  for (const guest of guests) guest.close();
}
