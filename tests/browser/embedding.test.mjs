import assert from 'node:assert/strict';
import { suite } from './support/suite.mjs';

const test = suite();

/** Ten lines are a whole call. */
const withRoom = (host) => `<!doctype html>
<title>With Room</title>
<script type="module">
  import { Room } from '${host}/parley.js';
  const room = (window.room = new Room({ room: 'otter', name: 'Embedder' }));
  room.addEventListener('track', ({ detail: { peer, slot, track } }) => {
    const player = document.body.appendChild(document.createElement(track.kind));
    Object.assign(player, { autoplay: true, srcObject: new MediaStream([track]), title: peer.name + ' ' + slot });
  });
  room.join();
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of media.getTracks()) room.setTrack(track.kind === 'video' ? 'camera' : 'microphone', track);
</script>
`;

const withElement = (host) => `<!doctype html>
<title>With the element</title>
<script type="module" src="${host}/parley.js"></script>
<parley-room room="otter" name="Embedder" autojoin></parley-room>
`;

test('another site’s page has a call with ten lines around Room', async ({ host, join, open, site }) => {
  const ada = await join('Ada');
  const url = await site({ '/': withRoom(host.url) });
  assert.notEqual(new URL(url).origin, new URL(host.url).origin);
  const embedder = await open(url, { label: 'Embedder' });
  await ada.meets('Embedder');
  await embedder.shows(embedder.page.getByTitle('Ada camera'));
  await embedder.plays(embedder.page.getByTitle('Ada microphone'));
});

test('another site’s page has a call with <parley-room>', async ({ host, join, open, site }) => {
  const ada = await join('Ada');
  const embedder = await open(await site({ '/': withElement(host.url) }), { label: 'Embedder' });
  await ada.meets('Embedder');
  await embedder.meets('Ada');
  await embedder.button('Leave').click();
  await ada.isWith();
});

test('a host that the browser does not even try to reach is said to be out of reach', async ({
  openSecurely,
}) => {
  const page = `<!doctype html>
<title>An address without encryption</title>
<script type="module" src="/parley.js"></script>
<parley-room room="otter" name="Embedder" url="http://192.0.2.7/ws" autojoin></parley-room>
`;
  const embedder = await openSecurely('/embedding', { label: 'Embedder', pages: { '/embedding': page } });
  embedder.expectProblem(/Mixed Content/);
  await embedder.page.getByRole('alert').filter({ hasText: 'Retry now' }).waitFor();
  await embedder.button('Leave').click();
  await embedder.page.getByText('You left the room').waitFor();
});

const withoutLink = (host) => `<!doctype html>
<title>Nobody else is to come</title>
<script type="module" src="${host}/parley.js"></script>
<parley-room room="otter" name="Embedder" heading="Call with Ada" no-link autojoin></parley-room>
`;

test('an element can name its call, and invite nobody', async ({ host, open, site }) => {
  const embedder = await open(await site({ '/': withoutLink(host.url) }), { label: 'Embedder' });
  await embedder.isWith();
  await embedder.page.getByRole('heading', { name: 'Call with Ada' }).waitFor();
  await embedder.button('Settings').click();
  await embedder.page.getByRole('heading', { name: 'Keyboard' }).waitFor();
  for (const words of ['Copy link', 'You’re the first one here', 'Copy the room’s link']) {
    assert.equal(await embedder.page.getByText(words).count(), 0, words);
  }
});

const refusedRoom = (host) => `<!doctype html>
<title>Refused</title>
<script type="module" src="${host}/parley.js"></script>
<script>
  addEventListener('refused', ({ detail }) => (document.title = detail.code), true);
</script>
<parley-room room="otter" name="Embedder" autojoin></parley-room>
`;

test(
  'an element tells its page that the room refused it',
  { host: ['--peers-per-room', '1'] },
  async ({ host, join, open, site }) => {
    await join('Ada');
    const embedder = await open(await site({ '/': refusedRoom(host.url) }), { label: 'Embedder' });
    await embedder.page.waitForFunction(() => document.title === 'room-full');
  },
);

const withButton = (host, attributes = '') => `<!doctype html>
<title>Keys of the page’s own</title>
<script type="module" src="${host}/parley.js"></script>
<button>Of the page</button>
<parley-room room="otter" name="Embedder" autojoin ${attributes}></parley-room>
`;

test('keys act on a call only while the focus is in it or nowhere, and not where the page turns them off', async (stage) => {
  const url = await stage.site({
    '/': withButton(stage.host.url),
    '/without': withButton(stage.host.url, 'no-shortcuts'),
  });
  const embedder = await stage.open(url, { label: 'Embedder' });
  const { page } = embedder;
  const hears = () => page.locator('parley-room').evaluate(({ tracks }) => tracks.get('microphone').enabled);
  const joins = () =>
    page.waitForFunction(() => document.querySelector('parley-room').tracks?.has('microphone'));
  await joins();
  await page.keyboard.press('m');
  assert.equal(await hears(), false);
  await embedder.button('Of the page').focus();
  await page.keyboard.press('m');
  assert.equal(await hears(), false);
  await embedder.button('Chat').focus();
  await page.keyboard.press('m');
  assert.equal(await hears(), true);

  await page.goto(`${url}/without`);
  await joins();
  await page.keyboard.press('m');
  await embedder.button('Settings').click();
  await page.keyboard.press('m');
  assert.equal(await hears(), true);
  await page.getByText('Close the panel').waitFor();
  assert.equal(await page.getByText('Microphone on or off').count(), 0);
  await page.keyboard.press('Escape');
  await page.getByText('Close the panel').waitFor({ state: 'detached' });
});

test('an element that is taken out of its page leaves the room', async ({ host, join, open, site }) => {
  const ada = await join('Ada');
  const embedder = await open(await site({ '/': withElement(host.url) }), { label: 'Embedder' });
  await ada.isWith('Embedder');
  await embedder.page.evaluate(() => document.querySelector('parley-room').remove());
  await ada.isWith();
  assert.deepEqual(await embedder.openConnections(), []);
});

test('who joins and leaves many times leaves no connection behind', async ({ host, join, open, site }) => {
  const ada = await join('Ada');
  const embedder = await open(await site({ '/': withRoom(host.url) }), { label: 'Embedder' });
  await ada.isWith('Embedder');
  for (let times = 0; times < 10; times++) {
    await embedder.page.evaluate(() => window.room.leave());
    await ada.isWith();
    await embedder.page.evaluate(() => window.room.join());
    await ada.isWith('Embedder');
  }
  assert.deepEqual(await embedder.openConnections(), ['connected']);
  assert.deepEqual(await ada.openConnections(), ['connected']);
  await embedder.page.evaluate(() => window.room.leave());
  await ada.isWith();
  assert.deepEqual(await embedder.openConnections(), []);
  // Who is alone has one ready for whoever comes next.
  assert.deepEqual(await ada.openConnections(), ['new']);
});

test('a link on another site leads to the lobby, and turns no camera on', async ({ host, open, site }) => {
  const link = `${host.url}/r/otter?autojoin&name=Ada`;
  const near = await site({
    '/': `<a href="${link}">Join</a> <a href="${link}" rel="noreferrer">Join unseen</a>`,
  });
  const far = near.replace('127.0.0.1', 'localhost');
  const ada = await open(far, { label: 'Ada' });
  const inTheLobby = async () => {
    await ada.button('Join the room').waitFor();
    assert.equal(new URL(ada.page.url()).search, '?name=Ada');
    assert.notEqual((await ada.snapshot())?.signaling, 'joined');
  };
  for (const name of ['Join', 'Join unseen']) {
    await ada.page.getByRole('link', { name, exact: true }).click();
    await inTheLobby();
    await ada.page.reload();
    await inTheLobby();
    await ada.page.goto(far);
  }
  // Whoever is on this site, or types the link, is in the room at once.
  await ada.page.goto(near);
  await ada.page.getByRole('link', { name: 'Join', exact: true }).click();
  await ada.until('joins', ({ signaling }) => signaling === 'joined');
  await ada.page.goto('about:blank');
  await ada.page.goto(link);
  await ada.until('joins', ({ signaling }) => signaling === 'joined');
});

test('where the browser does not say from where it comes, the referrer does', async ({
  openSecurely,
  site,
}) => {
  const ada = await openSecurely('/r/otter?name=Ada', { label: 'Ada' });
  const link = ada.page.url().replace('?', '?autojoin&');
  await ada.page.goto(await site({ '/': `<a href="${link}">Join</a>` }));
  await ada.page.getByRole('link').click();
  await ada.button('Join the room').waitFor();
  assert.equal(ada.page.url(), link);
});

test('an address where there is nothing shows the way home', async ({ open }) => {
  const ada = await open('/nowhere', { label: 'Ada' });
  ada.expectProblem(/status of 404/);
  await ada.page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await ada.page.getByRole('link', { name: 'Go to the start page' }).click();
  await ada.page.waitForURL((url) => url.pathname === '/');
});
