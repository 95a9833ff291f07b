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

test('the element is as high as its container, or of a height to talk in', async ({ host, open, site }) => {
  const element = '<parley-room room="otter" name="Embedder"></parley-room>';
  const page = (body) =>
    `<!doctype html><title>Heights</title><script type="module" src="${host.url}/parley.js"></script>${body}`;
  const url = await site({
    '/alone': page(`<h1>Call us</h1>${element}`),
    '/box': page(`<div style="height: 500px">${element}</div>`),
    '/column': page(`<div style="display: flex; flex-direction: column; height: 500px">${element}</div>`),
    '/own': page(element.replace(' ', ' style="height: 400px" ')),
  });
  for (const [path, viewport, wanted] of [
    ['/alone', { width: 1280, height: 800 }, 640],
    ['/alone', { width: 740, height: 360 }, 360],
    ['/box', { width: 1280, height: 800 }, 500],
    ['/column', { width: 1280, height: 800 }, 500],
    ['/own', { width: 1280, height: 800 }, 400],
  ]) {
    const { page } = await open(`${url}${path}`, { label: path, viewport });
    await page.getByText('You look ready.').waitFor();
    const { height } = await page.locator('parley-room').boundingBox();
    assert.equal(height, wanted, `${path} in a window of ${viewport.width} × ${viewport.height}`);
  }
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

const withParley = (host) => `<!doctype html>
<title>Parley alone</title>
<script type="module">
  import * as parley from '${host}/parley.js';
  window.errors = [];
  addEventListener('error', ({ message }) => errors.push(message));
  window.roomOf = (name, options = {}) => {
    const room = new parley.Room({ room: 'otter', name, ...options });
    room.heard = [];
    for (const type of ['state', 'message', 'error']) {
      room.addEventListener(type, ({ detail }) => room.heard.push({ type, ...detail, peer: detail.peer?.name }));
    }
    return room;
  };
  window.once = (target, type, holds = () => true) =>
    new Promise((resolve) => {
      target.addEventListener(type, ({ detail }) => holds(detail) && resolve(detail));
    });
  window.parley = parley;
  document.title = 'ready';
</script>
`;

/** A page of another site in which a test does with Parley what it likes. */
async function embedder({ host, open, site }) {
  const tab = await open(await site({ '/': withParley(host.url) }), { label: 'Embedder' });
  await tab.page.waitForFunction(() => document.title === 'ready');
  return tab;
}

test('rooms and directories that are over leave nothing behind, however they ended', async (stage) => {
  const { page } = await embedder(stage);
  await page.evaluate(async () => {
    window.past = [];
    const use = async (thing, begin, ends) => {
      past.push(new WeakRef(thing));
      const ended = once(thing, 'state', ({ state }) => state === 'lost');
      begin(thing);
      await ends(thing);
      await ended;
    };
    const joins = (room) => room.join();
    const registers = (directory) => directory.register();
    for (let i = 0; i < 10; i++) {
      await use(roomOf('Ada'), joins, async (room) => {
        await once(room, 'joined');
        room.leave();
        const again = once(room, 'joined');
        room.join();
        await again;
        room.leave();
      });
      await use(roomOf('Ada', { room: '..' }), joins, () => undefined);
      await use(new parley.Directory({ name: 'ada' }), registers, async (directory) => {
        await once(directory, 'state', ({ state }) => state === 'connected');
        directory.leave();
      });
    }
    roomOf('Nobody').leave();
    new parley.Directory({ name: 'nobody' }).leave();
  });
  await page.requestGC();
  assert.equal(await page.evaluate(() => past.filter((each) => each.deref()).length), 0);
  assert.deepEqual(await page.evaluate(() => errors), []);
});

test('a room that was left or refused can be joined again, and keeps what was said of it', async (stage) => {
  const { page } = await embedder(stage);
  const ada = await stage.join('Ada');
  await page.evaluate(() => {
    window.room = roomOf('Embedder');
    room.join();
  });
  await ada.isWith('Embedder');
  await page.evaluate(() => {
    room.update({ name: 'Renamed' });
    room.leave();
    room.setPresence({ microphone: true });
    room.retry();
  });
  await ada.isWith('Renamed');
  await ada.page.getByRole('group', { name: /^Renamed, microphone on/ }).waitFor();
});

test('a wrong call before the core is there is its caller’s mistake, and the room is joined', async (stage) => {
  const ada = await stage.join('Ada');
  const tab = await embedder(stage);
  tab.expectProblem(/TypeError/);
  const errors = await tab.page.evaluate(async () => {
    const room = roomOf('Embedder');
    room.setPresence({ camera: 'yes' });
    room.update({ name: 5 });
    const joined = once(room, 'joined');
    room.join();
    room.send('chat', 5);
    await joined;
    return errors;
  });
  assert.equal(errors.length, 3);
  for (const error of errors) assert.match(error, /TypeError: .* must be /);
  await ada.isWith('Embedder');
});

test('what is said before the room is joined arrives, and what is said after it was left is refused', async (stage) => {
  const ada = await stage.join('Ada');
  const { page } = await embedder(stage);
  const refused = await page.evaluate(async () => {
    window.room = roomOf('Embedder');
    room.send('chat', 'Before joining');
    room.join();
    room.send('chat', 'While joining');
    await once(room, 'peer-state', ({ state }) => state === 'connected');
    return room.heard.filter(({ type }) => type === 'error');
  });
  assert.deepEqual(refused, []);
  await ada.reads('Before joining');
  await ada.reads('While joining');
  const error = await page.evaluate(() => {
    room.leave();
    room.send('chat', 'Too late');
    return room.heard.at(-1);
  });
  assert.equal(error.code, 'not-joined');
});

test('a message of exactly the limit arrives, and one byte more is refused', async (stage) => {
  const { page } = await embedder(stage);
  const lengths = await page.evaluate(async () => {
    const [ada, bob] = [roomOf('Ada'), roomOf('Bob')];
    for (const room of [ada, bob]) room.join();
    await once(ada, 'peer-state', ({ state }) => state === 'connected');
    const refused = once(ada, 'error');
    ada.send('chat', 'ü'.repeat(32_768) + 'x');
    const { code } = await refused;
    const arrived = once(bob, 'message');
    ada.send('chat', 'ü'.repeat(32_768));
    const { text } = await arrived;
    for (const room of [ada, bob]) room.leave();
    return [code, text.length];
  });
  assert.deepEqual(lengths, ['message-too-big', 32_768]);
});

test('setTrack says what a slot cannot send', async (stage) => {
  const { page } = await embedder(stage);
  const said = await page.evaluate(async () => {
    const room = roomOf('Embedder', { slots: [{ name: 'map', kind: 'video' }] });
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [audio, video, ended] = [
      ...stream.getTracks().map((track) => track),
      stream.getTracks()[0].clone(),
    ];
    ended.stop();
    const say = (...args) => {
      try {
        room.setTrack(...args);
        return 'taken';
      } catch (error) {
        return `${error.name}: ${error.message}`;
      }
    };
    const [sound, picture] = audio.kind === 'audio' ? [audio, video] : [video, audio];
    const canvas = document.createElement('canvas').captureStream().getTracks()[0];
    const taken = [
      ['microphone', sound],
      ['camera', picture],
      ['screen', canvas],
      ['map', picture],
      ['camera', null],
    ].map((args) => say(...args));
    const refused = [
      [picture, 'camera'],
      ['', picture],
      ['x'.repeat(65), picture],
      ['camera', stream],
      ['camera', undefined],
      ['camera', {}],
      ['camera', ended],
      ['camera', sound],
      ['microphone', picture],
      ['screen-sound', picture],
      ['map', sound],
    ].map((args) => say(...args));
    return { taken, refused };
  });
  assert.deepEqual(said.taken, Array(5).fill('taken'));
  for (const words of said.refused) assert.match(words, /^TypeError: setTrack: .+\.$/);
});

test('a share that its track ends is over for the others', async (stage) => {
  const ada = await stage.join('Ada');
  const { page } = await embedder(stage);
  await page.evaluate(async () => {
    // A track that comes from elsewhere, and whose end is told by its event alone.
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
    const [camera] = (await navigator.mediaDevices.getUserMedia({ video: true })).getTracks();
    far.addTrack(camera);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription);
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription);
    window.share = near.getTransceivers()[0];
    window.room = roomOf('Embedder');
    room.setTrack('screen', share.receiver.track);
    room.join();
  });
  await ada.seesScreenOf('Embedder');
  await page.evaluate(() => share.stop());
  await ada.screenTile('Embedder').waitFor({ state: 'detached' });
});

test('a share that its application stops is over for the others', async (stage) => {
  const ada = await stage.join('Ada');
  const { page } = await embedder(stage);
  await page.evaluate(async () => {
    [window.share] = (await navigator.mediaDevices.getUserMedia({ video: true })).getTracks();
    window.room = roomOf('Embedder');
    room.setTrack('screen', share);
    room.join();
  });
  await ada.seesScreenOf('Embedder');
  await page.evaluate(() => share.stop());
  await ada.screenTile('Embedder').waitFor({ state: 'detached' });
});

test('a peer whose descriptions the browser refuses is lost for that reason, in words', async (stage) => {
  const { page } = await embedder(stage);
  const { reason } = await page.evaluate(async () => {
    const room = roomOf('Embedder', { iceServers: [{ urls: 'nonsense:' }] });
    roomOf('Bob').join();
    room.join();
    return once(room, 'peer-state', ({ state }) => state === 'lost');
  });
  assert.equal(reason.code, 'local-description-failed');
  assert.match(reason.message, /could not set up a connection \(.*nonsense/);
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
