import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { PublishTab, deadPort, sim } from './support/publish.mjs';
import { SimServer } from './support/sim-server.mjs';
import { suite } from './support/suite.mjs';

/** What Chromium says of an address at which nothing is; and of the playlist that no host has yet. */
const unreachable = /WebSocket connection to .* failed|net::ERR_|blocked by CORS policy/;
const noPlaylist = /1\.m3u8/;

/** Runs in the page before its scripts: keeps what keeps the screen on. */
function noteWakeLocks() {
  window.locks = [];
  const { request } = WakeLock.prototype;
  WakeLock.prototype.request = async function (type) {
    const lock = await request.call(this, type);
    locks.push(lock);
    return lock;
  };
}

/** Runs in the page before its scripts, as where a browser's owner has switched WebRTC off. */
function makeNoConnections() {
  window.RTCPeerConnection = class {
    constructor() {
      throw new DOMException('It is switched off.', 'NotSupportedError');
    }
  };
}

const test = suite();

async function publish(open, options) {
  const publisher = await PublishTab.open(open, options);
  publisher.tab.expectProblem(noPlaylist);
  return publisher;
}

/** Runs in the page before its scripts: Firefox throws for the ports of other services, and Chromium does not. */
function keepPorts() {
  window.WebSocket = class extends WebSocket {
    constructor(url, protocols = []) {
      if (new URL(url).port === '22') throw new DOMException('The operation is insecure.', 'SecurityError');
      super(url, protocols);
    }
  };
}

/** A server of WebSockets at the paths that it `takes`, which says nothing there; returns its port. */
async function socketServer(stage, takes) {
  const sockets = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    verifyClient: ({ req }) => takes(req.url),
  });
  await once(sockets, 'listening');
  stage.ending(async () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
  return String(sockets.address().port);
}

/** Opens the link that the publisher's page shows, as a viewer does. */
async function viewerOf(publisher, stage, name = 'Ada') {
  const link = await publisher.page.getByRole('link', { name: /\/r\// }).getAttribute('href');
  assert.equal(new URL(link).pathname, `/r/${sim}`);
  return stage.join(name, { room: sim });
}

test('a viewer at the link sees and hears what is published, and no more of it after a stop', async (stage) => {
  const publisher = await publish(stage.open);
  const ada = await viewerOf(publisher, stage);
  await publisher.start();
  await ada.meets(sim);
  await ada.isWith(sim);
  await publisher.says('signaling', 'Joined');
  await publisher.says('streaming', 'Streaming');
  assert.equal((await publisher.log()).filter((title) => title === 'sent offer').length, 1);

  await publisher.stop();
  await publisher.says('signaling', 'Off');
  await publisher.says('streaming', 'Off');
  await ada.isWith();
  await ada.tile(sim).waitFor({ state: 'detached' });
  assert.deepEqual(await publisher.tab.openConnections(), []);

  await publisher.start();
  await ada.meets(sim);
});

test('with no viewer it says what to do, and streams by itself once one is there', async (stage) => {
  const publisher = await publish(stage.open);
  await publisher.start();
  await publisher.says('streaming', 'Nobody to stream to');
  const note = publisher.page.getByRole('alert');
  await note.filter({ hasText: 'Nobody is here to take the stream' }).waitFor();
  await note.filter({ hasText: 'Open the link to watch in one other tab or on one other device' }).waitFor();
  // Nothing is hidden: offer, refusal, and offer again are in the log.
  const refusals = publisher.page.locator('.log .title').getByText('error: nobody-to-stream-to');
  await publisher.opens('debug');
  await refusals.nth(1).waitFor();

  const ada = await viewerOf(publisher, stage);
  await ada.meets(sim);
  await publisher.says('streaming', 'Streaming');
  await note.waitFor({ state: 'detached' });
});

test('a description in the log has its lines, as it was sent', async ({ open }) => {
  const publisher = await publish(open);
  await publisher.start();
  await publisher.says('streaming', 'Nobody to stream to');
  await publisher.opens('debug');
  const offer = publisher.page.locator('.log li').filter({ hasText: 'sent offer' }).last();
  await offer.locator('summary').click();
  const lines = (await offer.locator('pre').innerText()).split('\n').map((line) => line.trim());
  for (const line of ['"type": "offer",', 's=-', 'a=sendonly'])
    assert.ok(lines.includes(line), lines.join('\n'));
});

test('the screen stays on until it stops', async ({ open }) => {
  const publisher = await publish(open, { init: noteWakeLocks });
  const held = (count) =>
    publisher.page.waitForFunction(
      (wanted) => locks.filter(({ released }) => !released).length === wanted,
      count,
    );
  await publisher.start();
  await held(1);
  // Out of sight it is lost, and asked for again as soon as the page is back.
  await publisher.page.evaluate(async () => {
    await locks[0].release();
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await held(1);
  await publisher.stop();
  await held(0);
  assert.equal(await publisher.page.evaluate(() => locks.length), 2);
});

test('a viewer that leaves is noticed, and the next one sees the stream', async (stage) => {
  const publisher = await publish(stage.open);
  const ada = await viewerOf(publisher, stage);
  await publisher.start();
  await ada.meets(sim);
  await ada.button('Leave').click();
  await publisher.says('streaming', 'Nobody to stream to');
  const bob = await viewerOf(publisher, stage, 'Bob');
  await bob.meets(sim);
  await publisher.says('streaming', 'Streaming');
});

test('a viewer whose tab is gone without a word is replaced by the next one', async (stage) => {
  const publisher = await publish(stage.open);
  const ada = await viewerOf(publisher, stage);
  await publisher.start();
  await ada.meets(sim);
  await ada.page.reload();
  await ada.meets(sim);
  await publisher.says('streaming', 'Streaming');
});

test('several viewers are one too many, and it goes on with the one that stays', async (stage) => {
  const publisher = await publish(stage.open);
  const ada = await viewerOf(publisher, stage);
  const bob = await viewerOf(publisher, stage, 'Bob');
  await publisher.start();
  await publisher.page.getByRole('alert').filter({ hasText: 'Several viewers are in this room' }).waitFor();
  await bob.button('Leave').click();
  await ada.meets(sim);
});

test('a socket that is lost is said, and the stream begins anew when it is back', async (stage) => {
  const line = await stage.proxy();
  const publisher = await publish((url, options) => stage.open(new URL(url, line.url), options));
  publisher.tab.expectProblem(unreachable);
  const ada = await stage.join('Ada', { room: sim });
  await publisher.start();
  await ada.meets(sim);

  line.sever();
  await publisher.says('signaling', 'No connection');
  await publisher.page.getByRole('button', { name: 'Try now' }).waitFor();
  await ada.isWith();
  line.mend();
  await publisher.says('signaling', 'Joined');
  await ada.meets(sim);
  await publisher.says('streaming', 'Streaming');
});

test('a path that loses every packet is given up, and another one is found', async (stage) => {
  const publisher = await publish((url, options) => stage.open(url, options));
  const devtools = await publisher.page.context().newCDPSession(publisher.page);
  await devtools.send('Network.enable');
  const conditions = { offline: false, latency: 1, downloadThroughput: -1, uploadThroughput: -1 };
  const losePackets = (packetLoss) =>
    devtools.send('Network.emulateNetworkConditions', { ...conditions, packetLoss });
  await losePackets(0);
  const ada = await viewerOf(publisher, stage);
  await publisher.start();
  await ada.meets(sim);

  await losePackets(100);
  await publisher.says('streaming', 'Interrupted');
  await losePackets(0);
  await publisher.says('streaming', 'Streaming');
  await ada.meets(sim);
});

test('a SIM that streams elsewhere is said, and joins when the other has stopped', async (stage) => {
  const first = await publish(stage.open);
  await first.start();
  await first.says('signaling', 'Joined');
  const second = await publish(stage.open);
  await second.start();
  await second.says('signaling', 'No connection');
  await second.page.locator('[data-status=signaling]').getByText('from another device or tab').waitFor();
  await first.stop();
  await second.says('signaling', 'Joined');
});

test('a camera that is switched off and on again is so for the viewer', async (stage) => {
  const publisher = await publish(stage.open);
  const ada = await viewerOf(publisher, stage);
  await publisher.start();
  await ada.meets(sim);
  await publisher.page.getByRole('button', { name: 'Camera', exact: true }).click();
  await ada.tile(sim).locator('video').waitFor({ state: 'hidden' });
  await ada.hears(sim);
  await publisher.page.getByRole('button', { name: 'Camera', exact: true }).click();
  await ada.meets(sim);
});

test('a number that is no SIM is said at once, and nothing is sent', async ({ open }) => {
  const publisher = await publish(open, { number: '12a' });
  await publisher.page.getByText('A SIM number is 5 to 20 digits and nothing else.').waitFor();
  await publisher.start();
  await publisher.says('signaling', 'Off');
  await publisher.page.getByLabel('SIM number').fill(sim);
  await publisher.page.keyboard.press('Enter');
  await publisher.says('signaling', 'Joined');
});

test('a STUN server that no browser takes is said before it starts', async ({ open }) => {
  const publisher = await publish(open, {
    settings: { 'STUN server, if needed': 'stun:stun.example:99999' },
  });
  await publisher.page.getByText('Give a URL such as stun:stun.example:3478, or nothing.').waitFor();
  await publisher.start();
  await publisher.page.getByText('Correct the server’s settings first.').waitFor();
  await publisher.says('signaling', 'Off');
});

test('a browser that makes no connections is said to', async ({ open }) => {
  const publisher = await publish(open, { init: makeNoConnections });
  await publisher.start();
  await publisher.says('signaling', 'Joined');
  await publisher.page
    .locator('[data-status=streaming]')
    .getByText('The browser makes no connection: NotSupportedError')
    .waitFor();
});

test('why a gateway ends each stream is said, and it is asked less and less often', async (stage) => {
  const server = await SimServer.start((await stage.open('/', { label: 'the server' })).page);
  stage.ending(() => server.stop());
  const words = 'The disk for streams is full.';
  server.refusals = [
    { type: 'error', code: 'disk-full', message: words },
    { type: 'error', code: 'gateway-lost', message: 'The media gateway has let go of this stream.' },
  ];
  const publisher = await publish(stage.open, {
    settings: { 'WebSocket port': server.socketPort, 'HTTP port': server.httpPort },
  });
  await publisher.start();
  const offers = () => server.heard.filter(({ type }) => type === 'offer');
  const pauses = [];
  while (pauses.length < 3) {
    await publisher.says('streaming', 'Interrupted');
    await publisher.page.locator('[data-status=streaming]').getByText(words).waitFor();
    const before = offers().at(-1);
    while (offers().at(-1) === before) await setTimeout(20);
    pauses.push(offers().at(-1).timestamp - before.timestamp);
  }
  for (const [index, pause] of pauses.entries())
    assert.ok(pause >= 1_000 * 2 ** index, `it was offered again after ${pauses} ms`);
});

test('what was used last is there again', async ({ open, host }) => {
  const publisher = await publish(open, { number: '' });
  await publisher.page.getByLabel('SIM number').fill(sim);
  // A whole address fills the fields.
  await publisher.page.getByLabel('Server', { exact: true }).fill('ws://signaling.example:1078/12345');
  await publisher.page.getByLabel('HTTP port').fill('8080');
  await publisher.page.goto(`${host.url}/publish`);
  assert.equal(await publisher.page.getByLabel('SIM number').inputValue(), '12345');
  assert.equal(await publisher.page.getByLabel('Server', { exact: true }).inputValue(), 'signaling.example');
  assert.equal(await publisher.page.getByLabel('WebSocket port').inputValue(), '1078');
  await publisher.page.getByRole('button', { name: 'Use this page’s host' }).click();
  assert.equal(await publisher.page.getByLabel('WebSocket port').inputValue(), String(host.port));
});

describe('Test', () => {
  test('says of a host that everything works', async ({ open }) => {
    const publisher = await publish(open);
    await publisher.test();
    assert.match(await publisher.result('socket', 'passed'), /A WebSocket opens at 127\.0\.0\.1:\d+\./);
    assert.match(await publisher.result('http', 'passed'), /no stream of this SIM is there yet \(404\)/);
    assert.match(await publisher.result('path', 'passed'), new RegExp(`lets ${sim} join`));
  });

  test('says of a port at which nothing listens that nothing answers', async ({ open }) => {
    const port = await deadPort();
    const publisher = await publish(open, { settings: { 'WebSocket port': port } });
    publisher.tab.expectProblem(unreachable);
    await publisher.test();
    const words = await publisher.result('socket', 'failed');
    assert.match(words, new RegExp(`Nothing answers at 127\\.0\\.0\\.1:${port}\\. Check the server’s name`));
    assert.match(await publisher.result('path', 'skipped'), /no WebSocket opens/);
    await publisher.result('http', 'passed');
  });

  for (const number of [sim, ''])
    test(`says of a port that browsers open to no page that it is one, ${number ? 'with' : 'without'} a SIM`, async ({
      open,
    }) => {
      const publisher = await publish(open, {
        number,
        devices: false,
        init: keepPorts,
        settings: { 'WebSocket port': '22' },
      });
      await publisher.test();
      assert.match(
        await publisher.result('socket', 'failed'),
        /^The browser does not allow a WebSocket at 127/,
      );
      await publisher.page.getByRole('button', { name: 'Test', exact: true, disabled: false }).waitFor();
    });

  for (const number of [sim, ''])
    test(`says of a page with encryption that it needs encryption, ${number ? 'with' : 'without'} a SIM`, async (stage) => {
      const publisher = await publish(stage.openSecurely, { number, devices: false });
      await publisher.opens('server');
      await publisher.page.getByLabel('Encrypted').uncheck();
      publisher.tab.expectProblem(/Mixed Content|net::ERR_/);
      await publisher.test();
      assert.match(await publisher.result('socket', 'failed'), /^This page came over https:/);
      await publisher.page.getByRole('button', { name: 'Test', exact: true, disabled: false }).waitFor();
    });

  test('says of a web server without WebSockets that it is one', async ({ open, site }) => {
    const url = new URL(await site({}));
    const publisher = await publish(open, { settings: { 'WebSocket port': url.port } });
    publisher.tab.expectProblem(unreachable);
    await publisher.test();
    assert.match(
      await publisher.result('socket', 'failed'),
      /A web server answers at .*, but opens no WebSocket/,
    );
  });

  test('says of an HTTP port that has no streams what is there instead', async ({ open, site }) => {
    const page = { [`/${sim}/1.m3u8`]: '<!doctype html><title>Something else</title>' };
    const readable = new URL(await site(page, { 'access-control-allow-origin': '*' }));
    const publisher = await publish(open, { settings: { 'HTTP port': readable.port } });
    await publisher.test();
    await publisher.result('socket', 'passed');
    assert.match(
      await publisher.result('http', 'failed'),
      /has no streams: status 200, text\/html; charset=utf-8\. Another web server may be at this port/,
    );
  });

  test('says that it cannot tell where a server lets no page read its answer', async ({ open, site }) => {
    const closed = new URL(await site({}));
    const publisher = await publish(open, { settings: { 'HTTP port': closed.port } });
    publisher.tab.expectProblem(unreachable);
    await publisher.test();
    assert.match(await publisher.result('http', 'unsure'), /does not let this page read what \(CORS\)/);
  });

  test('says of an HTTP port at which nothing listens that nothing answers', async ({ open }) => {
    const port = await deadPort();
    const publisher = await publish(open, { settings: { 'HTTP port': port } });
    publisher.tab.expectProblem(unreachable);
    await publisher.test();
    assert.match(
      await publisher.result('http', 'failed'),
      new RegExp(`No web server answers at 127.0.0.1:${port}`),
    );
  });

  test('says of a number that is no SIM what one is', async ({ open }) => {
    const publisher = await publish(open, { number: '1234' });
    await publisher.test();
    await publisher.result('socket', 'passed');
    assert.match(await publisher.result('path', 'failed'), /A SIM number is 5 to 20 digits/);
  });

  test('says of a server that has no WebSocket at this SIM’s path that it has none', async (stage) => {
    const port = await socketServer(stage, (path) => path === '/');
    const publisher = await publish(stage.open, { settings: { 'WebSocket port': port } });
    publisher.tab.expectProblem(unreachable);
    await publisher.test();
    await publisher.result('socket', 'passed');
    const words = await publisher.result('path', 'failed');
    assert.match(words, new RegExp(`opens no WebSocket at /${sim}\\. Check the number`));
    await publisher.result('http', 'passed');
  });

  test('says of a server that answers no join that it may be another kind of server', async (stage) => {
    const port = await socketServer(stage, () => true);
    const publisher = await publish(stage.open, { settings: { 'WebSocket port': port } });
    await publisher.test();
    await publisher.result('socket', 'passed');
    const words = await publisher.result('path', 'failed');
    assert.match(
      words,
      new RegExp(`opens /${sim}, but does not answer a join\\. It may be a server of another`),
    );
  });

  test('says of a SIM that streams already that it is in use', async ({ open }) => {
    const first = await publish(open);
    await first.start();
    await first.says('signaling', 'Joined');
    const second = await publish(open);
    await second.test();
    assert.match(await second.result('path', 'failed'), /is in use already\. Stop the other device/);
    await second.result('socket', 'passed');
  });
});

test('it streams to any other server of the document, and finds its playlist', async (stage) => {
  const taker = await stage.open('/', { label: 'the server' });
  const server = await SimServer.start(taker.page);
  stage.ending(() => server.stop());
  const publisher = await publish(stage.open, {
    settings: { 'WebSocket port': server.socketPort, 'HTTP port': server.httpPort },
  });
  await publisher.test();
  for (const check of ['socket', 'http', 'path']) await publisher.result(check, 'passed');
  await publisher.start();
  await publisher.says('streaming', 'Streaming');
  await taker.shows(taker.page.locator('video'));
  await publisher.page.locator('[data-found=playlist]').waitFor();
  await publisher.page
    .getByRole('link', { name: `http://127.0.0.1:${server.httpPort}/${sim}/1.m3u8` })
    .waitFor();
  assert.equal(await publisher.page.getByRole('link', { name: /\/r\// }).count(), 0);

  await publisher.stop();
  await publisher.says('signaling', 'Off');
  const types = server.heard.map(({ type }) => type);
  assert.deepEqual(types.slice(0, 4), ['join', 'leave', 'join', 'offer']);
  assert.equal(types.at(-1), 'leave');
  for (const message of server.heard) assert.equal(message.simNumber, sim);
});

describe('where permissions decide', () => {
  const guarded = suite('guarded');

  guarded('a denied camera is said in words, and nothing starts with nothing to stream', async ({ open }) => {
    const publisher = await publish(open, { permissions: [], devices: false });
    const blocked = publisher.page.getByRole('alert').filter({ hasText: 'The camera is blocked' });
    await blocked.filter({ hasText: 'Click the camera icon in the address bar and allow access' }).waitFor();
    await publisher.start();
    await publisher.page.getByRole('status').getByText('There is nothing to stream').waitFor();
    await publisher.says('signaling', 'Off');
  });

  guarded('a camera allowed while it streams sound is offered anew', async (stage) => {
    const publisher = await publish(stage.open, { permissions: ['microphone'], devices: false });
    const blocked = publisher.page.getByRole('alert').filter({ hasText: 'The camera is blocked' });
    await blocked.waitFor();
    const ada = await stage.join('Ada', { room: sim, permissions: ['camera', 'microphone'] });
    await publisher.start();
    await ada.hears(sim);
    await publisher.page.context().grantPermissions(['camera', 'microphone']);
    await blocked.getByRole('button', { name: 'Try again' }).click();
    await ada.sees(sim);
    await ada.hears(sim);
  });
});
