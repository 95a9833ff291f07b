// The room of a publisher whose stream goes to the media gateway: it is seen there as what it is, and nobody tries to
// connect with it.
import assert from 'node:assert/strict';
import { PublishTab, sim } from './support/publish.mjs';
import { suite } from './support/suite.mjs';

const test = suite();
const withGateway = { host: ['--hls', 'on'] };

/** What a browser says of a playlist that is not there yet, or not any more; and of a host that is not. */
const expected = /\.m3u8|\.ts\b|WebSocket connection to .* failed|net::ERR_/;

const streamTile = (tab) => tab.page.locator('parley-tile[data-kind=stream]');
const player = (tab) => streamTile(tab).locator('parley-player');

async function watches(tab) {
  await streamTile(tab).locator('parley-player[data-state=playing]').waitFor();
  await tab.shows(player(tab).locator('video'), `${tab.label} watches the stream`);
}

/** Of the publisher, as this tab's room has it. */
const publisherIn = async (tab) => (await tab.snapshot()).peers.find(({ id }) => id === sim);

async function publish(stage) {
  const publisher = await PublishTab.open(stage.open);
  publisher.tab.expectProblem(expected);
  await publisher.start();
  return publisher;
}

async function joinRoom(stage, name) {
  const tab = await stage.join(name, { room: sim });
  tab.expectProblem(expected);
  return tab;
}

test(
  'a tab in the room of a publisher watches it in its tile, and makes no connection',
  withGateway,
  async (stage) => {
    const publisher = await publish(stage);
    await publisher.says('streaming', 'Streaming');
    const ada = await joinRoom(stage, 'Ada');
    await watches(ada);
    await ada.page.getByRole('group', { name: `Stream ${sim}`, exact: true }).waitFor();
    await ada.page.getByText('Only you').waitFor();
    const link = ada.page.getByRole('link', { name: `Watch ${sim}` });
    assert.equal(await link.getAttribute('href'), `/watch/${sim}`);
    assert.equal((await ada.snapshot()).state, 'connected');
    const { streams, connectionId, state, timeline } = await publisherIn(ada);
    assert.deepEqual(
      { streams, connectionId, state, timeline },
      { streams: true, connectionId: null, state: 'connected', timeline: [] },
    );
    assert.deepEqual(await ada.openConnections(), ['new'], 'the one that waits for whoever comes next');

    const sound = ada.page.getByRole('button', { name: 'Turn the sound on' });
    await sound.click();
    await ada.plays(player(ada).locator('video'), 'Ada hears the stream');
    await ada.page.getByRole('button', { name: 'Turn the sound off' }).click();
    await sound.waitFor();
    await streamTile(ada).hover();
    await ada.button(`Pin ${sim}`).click();

    // People meet as in any other room.
    const bob = await joinRoom(stage, 'Bob');
    await ada.meets('Bob');
    await bob.meets('Ada');
    await watches(bob);
    await watches(ada);
    await ada.button('Details').click();
    await ada.page.locator(`[data-details='${sim}']`).getByText('Streams live.').waitFor();
    assert.equal((await publisher.log()).filter((title) => title === 'sent offer').length, 1);
  },
);

test('who is there first sees the stream begin, end and begin again', withGateway, async (stage) => {
  const ada = await joinRoom(stage, 'Ada');
  assert.equal(await streamTile(ada).count(), 0);
  const publisher = await publish(stage);
  await watches(ada);
  await publisher.stop();
  await streamTile(ada).waitFor({ state: 'detached' });
  await ada.isWith();
  await publisher.start();
  await watches(ada);
  assert.deepEqual(await ada.openConnections(), ['new']);
});

test('a gateway that dies costs the tile some seconds', withGateway, async (stage) => {
  const publisher = await publish(stage);
  const ada = await joinRoom(stage, 'Ada');
  await watches(ada);
  process.kill(Number(/gateway-start process=(\d+)/.exec(stage.host.log)[1]), 'SIGKILL');
  await publisher.says('streaming', 'Interrupted');
  await publisher.says('streaming', 'Streaming');
  await watches(ada);
  assert.deepEqual(await ada.openConnections(), ['new']);
});

test(
  'a host that comes back without a gateway, and with one again: a person, and a stream again',
  withGateway,
  async (stage) => {
    await publish(stage);
    const ada = await joinRoom(stage, 'Ada');
    await watches(ada);

    await stage.host.kill();
    await stage.host.restart('--hls', 'off');
    await ada.meets(sim);
    await ada.isWith(sim);
    assert.equal(await streamTile(ada).count(), 0);

    await stage.host.kill();
    await stage.host.restart('--hls', 'on');
    await watches(ada);
    assert.equal(await ada.tile(sim).count(), 0);
    assert.deepEqual(
      (await ada.openConnections()).filter((state) => state !== 'new'),
      [],
    );
  },
);

test('who goes live is in the room as before, beside the link', withGateway, async (stage) => {
  const ada = await stage.join('Ada');
  const bob = await stage.join('Bob');
  await ada.meets('Bob');
  await ada.button('Go live').click();
  await bob.page.getByRole('link', { name: 'Ada is live' }).waitFor();
  await bob.meets('Ada');
  assert.equal(await streamTile(bob).count(), 0);
});

test(
  'in a page of somebody else’s, which has no player, the tile has a link to the host’s',
  withGateway,
  async (stage) => {
    await publish(stage);
    const url = await stage.site({
      '/': `<!doctype html>
        <title>Embedded</title>
        <script type="module" src="${stage.host.url}/parley.js"></script>
        <parley-room room="${sim}" name="Embedder" autojoin></parley-room>`,
    });
    const embedder = await stage.open(url, { label: 'Embedder' });
    const link = streamTile(embedder).getByRole('link', { name: 'Watch' });
    assert.equal(await link.getAttribute('href'), `${stage.host.url}/watch/${sim}`);
  },
);
