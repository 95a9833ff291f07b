// Links with a token: where it goes and where it does not, and what people read when it does not do. The host's part is
// played by the test, in the page's WebSockets.
import assert from 'node:assert/strict';
import { suite } from './support/suite.mjs';

const test = suite();

const sim = '923244219594';

/** Opens `path` with a host that answers each message of the page's with what `answer` returns for it. */
async function visit({ host, open }, path, { at = /\/ws$/, answer, ...options }) {
  const tab = await open('about:blank', options);
  const heard = [];
  let socket;
  await tab.page.routeWebSocket(at, (opened) => {
    socket = opened;
    opened.onMessage((text) => {
      const message = JSON.parse(text);
      heard.push(message);
      for (const reply of answer(message) ?? []) opened.send(JSON.stringify(reply));
    });
  });
  await tab.page.goto(new URL(path, host.url).href);
  const tokens = (type) => heard.filter((message) => message.type === type).map(({ token }) => token);
  return { tab, page: tab.page, tokens, say: (message) => socket.send(JSON.stringify(message)) };
}

const welcome = (room) => ({
  type: 'joined',
  room,
  self: 'ada',
  session: 's',
  incarnation: 'i',
  resumed: false,
  ack: 0,
  peers: [],
});

const letIn = ({ type, room, name }) =>
  ({
    join: [welcome(room)],
    register: [{ type: 'registered', ack: 0, name, id: name, call: null }],
    renew: [{ type: 'renewed', seconds: 3600 }],
  })[type];

const refusal = (code, re) => ({ type: 'error', code, message: 'The host has its own words.', re });

/** Lets in who shows one of these tokens. */
const only =
  (...tokens) =>
  (message) =>
    ['join', 'register'].includes(message.type) && !tokens.includes(message.token)
      ? [refusal('token-expired', message.type)]
      : letIn(message);

const title = (page, name) => page.getByRole('heading', { name, exact: true });

test('a token leaves the address at once, goes to the host, and stays for a reload', async (stage) => {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const path = '/r/otter?autojoin&name=Ada';
  const { tab, page, tokens } = await visit(stage, `${path}#token=a.b.c`, { answer: letIn, permissions });
  await page.getByText('You’re the first one here').waitFor();
  assert.equal(page.url(), stage.host.url + path);
  assert.deepEqual(tokens('join'), ['a.b.c']);

  await tab.button('Copy link').first().click();
  await page.getByText('Link copied.').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, `${stage.host.url}/r/otter`);

  await page.reload();
  await page.getByText('You’re the first one here').waitFor();
  assert.deepEqual(tokens('join'), ['a.b.c', 'a.b.c']);

  await page.goto(`${stage.host.url}/r/heron?autojoin&name=Ada`);
  await page.getByText('You’re the first one here').waitFor();
  assert.equal(tokens('join').at(-1), undefined, 'the other room is shown none');
});

test('an invitation that is pasted on the start page is taken along', async (stage) => {
  const { page, tab, tokens } = await visit(stage, '/', { answer: letIn });
  await page.getByLabel('Or join one').fill(`${stage.host.url}/r/otter#token=a.b.c`);
  await tab.button('Join').click();
  await page.getByText('You look ready.').waitFor();
  assert.equal(page.url(), `${stage.host.url}/r/otter`);
  await tab.button('Join').click();
  await page.getByText('You’re the first one here').waitFor();
  assert.deepEqual(tokens('join'), ['a.b.c']);
});

test('who somebody is, as the host has verified, is with the details of their connection', async (stage) => {
  const { page } = await visit(stage, '/r/otter?autojoin&name=Ada', {
    answer: (message) =>
      message.type === 'join'
        ? [{ ...welcome('otter'), peers: [{ id: 'bob', name: 'Bob', identity: 'bob@example.org' }] }]
        : letIn(message),
  });
  await page.waitForFunction(() => document.querySelector('parley-room').session?.peers.size === 1);
  const identity = () => document.querySelector('parley-room').session.peers.get('bob').identity;
  assert.equal(await page.evaluate(identity), 'bob@example.org');
  await page.keyboard.press('d');
  await page.getByText('bob@example.org').waitFor();
});

test('a newer link in the same tab lets in who was refused, and renews in the call', async (stage) => {
  const path = '/r/otter?autojoin&name=Ada';
  const { page, tokens } = await visit(stage, `${path}#token=old`, { answer: only('new', 'newest') });
  await title(page, 'Your invitation has ended').waitFor();
  await page.goto(`${stage.host.url}${path}#token=new`);
  await page.getByText('You’re the first one here').waitFor();
  await page.goto(`${stage.host.url}${path}#token=newest`);
  await page.waitForFunction(() => location.hash === '');
  assert.deepEqual(tokens('join'), ['old', 'new']);
  assert.deepEqual(tokens('renew'), ['newest']);
});

test('who is not let in reads why, and what to do', async (stage) => {
  const said = {
    'token-required': ['This room is only for invited people', 'Ask for a link.'],
    'token-expired': ['Your invitation has ended', 'Ask for a new one.'],
    'token-room': [
      'This invitation is for another room',
      'Open the link that you were sent, or ask for a new one.',
    ],
    'token-right': ['Your invitation does not allow this', 'Ask for another one.'],
    'token-name': ['This invitation is for another name', 'The host has its own words.'],
    'token-signature': ['This invitation is not valid here', 'Ask for a new link.'],
    'token-of-tomorrow': ['This invitation is not valid here', 'Ask for a new link.'],
  };
  let code;
  const { page, tokens } = await visit(stage, 'about:blank', {
    answer: ({ type }) => (type === 'join' ? [refusal(code, 'join')] : undefined),
  });
  for (const [each, [heading, advice]] of Object.entries(said)) {
    code = each;
    await page.goto(`${stage.host.url}/r/${each}?autojoin&name=Ada`);
    await title(page, heading).waitFor();
    await page.getByRole('alert').getByText(advice, { exact: true }).waitFor();
  }
  assert.equal(tokens('join').length, Object.keys(said).length, 'none is tried again');
});

test('who is in a call is told of the end, unless a newer token comes, and then reads why', async (stage) => {
  const { page, tokens, say } = await visit(stage, '/r/otter?autojoin&name=Ada#token=first', {
    answer: letIn,
  });
  await page.getByText('You’re the first one here').waitFor();
  const ends = () => say({ type: 'token-ends', seconds: 60 });
  const notice = page.getByText('Your invitation ends in less than a minute.');

  await page.evaluate(() => {
    const room = document.querySelector('parley-room');
    window.ends = [];
    room.addEventListener('token-ends', ({ detail }) => window.ends.push(detail));
    room.addEventListener('token-ends', () => (room.token = 'second'), { once: true });
  });
  ends();
  await page.waitForFunction(() => window.ends.length === 1);
  assert.deepEqual(tokens('renew'), ['second']);
  ends();
  await notice.waitFor();
  assert.deepEqual(await page.evaluate(() => window.ends), [{ seconds: 60 }, { seconds: 60 }]);
  say({ ...refusal('token-room', 'renew'), message: 'It is for another room.' });
  await page.getByText('It is for another room.').waitFor();
  assert.equal(await page.locator('parley-room').getAttribute('data-phase'), 'call');

  say(refusal('token-expired'));
  await title(page, 'Your invitation has ended').waitFor();
  assert.equal(tokens('join').length, 1);
});

test('who goes online shows the token, and reads why that is over', async (stage) => {
  const { page, tab, tokens, say } = await visit(stage, '/people#token=first', { answer: only('first') });
  assert.equal(page.url(), `${stage.host.url}/people`);
  const goOnline = async () => {
    await page.getByLabel('Your name').fill('Ada');
    await tab.button('Go online').click();
  };
  await goOnline();
  await page.locator('parley-people[data-phase=online]').waitFor();
  assert.deepEqual(tokens('register'), ['first']);
  say(refusal('token-expired'));
  await page.getByRole('alert').getByText('Your invitation has ended. Ask for a new one.').waitFor();
  await page.goto(`${stage.host.url}/people#token=second`);
  await page.waitForFunction(() => location.hash === '');
  await goOnline();
  await page.getByRole('alert').getByText('Your invitation has ended. Ask for a new one.').waitFor();
  assert.deepEqual(tokens('register'), ['first', 'second']);
});

test('who publishes shows the token, and the log to copy has none', async (stage) => {
  let known = false;
  const { page, tab, tokens } = await visit(stage, `/publish/${sim}#token=secret`, {
    at: new RegExp(`/${sim}$`),
    answer: ({ type }) =>
      type === 'join' ? [known ? { type: 'joined' } : refusal('token-required', 'join')] : undefined,
  });
  assert.equal(page.url(), `${stage.host.url}/publish/${sim}`);
  await page.locator('parley-publish video').first().waitFor();
  await tab.button('Start streaming').click();
  await page.getByText('Only invited people can stream here. Ask for a link.').waitFor();
  await page.getByText('Debug', { exact: true }).click();
  assert.doesNotMatch(await page.locator('parley-publish-debug').innerText(), /secret/);
  known = true;
  await tab.button('Try now').click();
  await page.locator('parley-publish[data-signaling=joined]').waitFor();
  assert.deepEqual(tokens('join'), ['secret', 'secret']);
});

/** Runs in the page: who shows the token "new" is led to another address, which Playwright's routes cannot do. */
function redirect() {
  const { fetch } = window;
  window.fetch = (url, options) =>
    fetch(
      options?.headers?.Authorization === 'Bearer new' ? url.replace(/\/\d+\//, '/signed$&') : url,
      options,
    );
}

test('who watches shows the token, and plays from where the host leads', async ({ host, open }) => {
  const tab = await open('about:blank', { init: { content: `(${redirect})()` } });
  tab.expectProblem(/401 \(Unauthorized\)|404 \(Not Found\)/);
  const asked = [];
  await tab.page.route(`**/${sim}/1.m3u8`, (route) => {
    const { pathname } = new URL(route.request().url());
    asked.push([pathname, route.request().headers().authorization]);
    if (!pathname.startsWith('/signed/')) return route.fulfill({ status: 401 });
    return route.fulfill({ body: '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n1.ts\n' });
  });
  const watch = (fragment) => tab.page.goto(`${host.url}/watch/${sim}${fragment}`);
  await watch('');
  await tab.page.getByText('Only invited people can watch this stream').waitFor();
  await watch('#token=old');
  await tab.page.getByText('Your invitation is not valid, or no longer').waitFor();
  assert.equal(tab.page.url(), `${host.url}/watch/${sim}`);
  const segment = tab.page.waitForRequest(`**/signed/${sim}/1.ts`);
  await watch('#token=new');
  await segment;
  const playlist = `/${sim}/1.m3u8`;
  assert.deepEqual(asked.slice(0, 4), [
    [playlist, undefined],
    [playlist, 'Bearer old'],
    [`/signed${playlist}`, 'Bearer new'],
    [`/signed${playlist}`, undefined],
  ]);
});
