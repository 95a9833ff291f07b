// WHIP clients that others wrote for browsers, on a site of another origin than the host's.
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { sim } from './support/publish.mjs';
import { suite } from './support/suite.mjs';
import { WatchTab } from './support/watch.mjs';

const test = suite();

/** As their packages have them, for a script element. */
async function clients() {
  const { outputFiles } = await build({
    stdin: {
      contents:
        "export { WHIPClient as Eyevinn } from '@eyevinn/whip-web-client';" +
        "export { WHIPClient as Medooze } from 'whip-whep/whip.js';",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'iife',
    globalName: 'whip',
    write: false,
  });
  return outputFiles[0].text;
}

/** A tab there, and what the host has answered it: "PATCH 204". */
async function publisher({ open, site }) {
  const page = '<!doctype html><title>WHIP</title><script src="/clients.js"></script>';
  const tab = await open(await site({ '/': page, '/clients.js': await clients() }), {
    label: 'the publisher',
  });
  const answers = [];
  tab.page.on('response', (response) => {
    const method = response.request().method();
    if (response.url().includes('/whip/')) answers.push(`${method} ${response.status()}`);
  });
  return { tab, answers };
}

async function isWatched(stage, stop) {
  const viewer = await WatchTab.open(stage);
  await viewer.plays();
  await viewer.hears();
  await stop();
  await viewer.is('ended');
  const playlist = await fetch(`${stage.host.url}/${sim}/1.m3u8`);
  assert.match(await playlist.text(), /#EXT-X-ENDLIST\n$/);
}

// Nobody answers there: it is about what the client is told.
const turn = { urls: 'turn:127.0.0.1:9', username: 'u', credential: 'p' };

test(
  'whip-whep publishes, learns the ICE servers, trickles its candidates and stops',
  { host: ['--hls', 'on', '--ice-server', JSON.stringify(turn)] },
  async (stage) => {
    const { tab, answers } = await publisher(stage);
    const servers = await tab.page.evaluate(async (endpoint) => {
      const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      const connection = new RTCPeerConnection();
      for (const track of media.getTracks())
        connection.addTransceiver(track, { direction: 'sendonly', streams: [media] });
      window.client = new window.whip.Medooze();
      await window.client.publish(connection, endpoint, 'token');
      return connection.getConfiguration().iceServers;
    }, `${stage.host.url}/whip/${sim}`);
    assert.deepEqual(
      servers.map(({ urls, username, credential }) => ({ urls: String(urls), username, credential })),
      [turn],
    );
    await isWatched(stage, () => tab.page.evaluate(() => window.client.stop()));
    assert.equal(answers[0], 'POST 201');
    assert.equal(answers.at(-1), 'DELETE 200');
    const patches = answers.slice(1, -1);
    assert.ok(patches.length > 0, 'it has trickled');
    assert.deepEqual([...new Set(patches)], ['PATCH 204']);
  },
);

test(
  '@eyevinn/whip-web-client looks what the endpoint allows, publishes and ends',
  { host: ['--hls', 'on'] },
  async (stage) => {
    const { tab, answers } = await publisher(stage);
    await tab.page.evaluate(async (endpoint) => {
      window.client = new window.whip.Eyevinn({ endpoint, opts: { authkey: 'token', iceServers: [] } });
      await window.client.ingest(await navigator.mediaDevices.getUserMedia({ audio: true, video: true }));
    }, `${stage.host.url}/whip/${sim}`);
    await isWatched(stage, () => tab.page.evaluate(() => window.client.destroy()));
    assert.deepEqual(answers, ['OPTIONS 200', 'POST 201', 'DELETE 200']);
  },
);
