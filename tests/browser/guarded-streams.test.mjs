// Streaming where the host asks for tokens: /publish and /watch by a link, with the real media gateway.
import assert from 'node:assert/strict';
import { asksForAll, linkWith } from './support/moderated.mjs';
import { PublishTab, noPlaylist, sim } from './support/publish.mjs';
import { suite } from './support/suite.mjs';
import { WatchTab } from './support/watch.mjs';

const test = suite();
const guarded = { host: ['--hls', 'on', ...asksForAll] };

/** A tab at /publish/{sim} with a token of these claims, or none. */
async function open(stage, claims) {
  const path = claims ? linkWith(`/publish/${sim}`, claims) : `/publish/${sim}`;
  const tab = await stage.open(path, { label: 'the publisher' });
  tab.expectProblem(noPlaylist);
  const publisher = new PublishTab(tab);
  await tab.page.locator('parley-tile video:not(.hidden)').waitFor();
  return publisher;
}

test('who has a link to publish streams, and who has one to watch sees it', guarded, async (stage) => {
  const publisher = await open(stage, { may: ['publish'], sim });
  await publisher.start();
  await publisher.says('streaming', 'Streaming');
  const viewer = new WatchTab(
    await stage.open(linkWith(`/watch/${sim}`, { may: ['watch'], sim }), { label: 'the viewer' }),
  );
  await viewer.plays();
  await viewer.hears();
  const shown = viewer.tab.page.url();
  assert.equal(new URL(shown).hash, '', 'the token leaves the address');
});

test('who has none reads what it takes', guarded, async (stage) => {
  const publisher = await open(stage);
  await publisher.start();
  await publisher.page.getByText('Only invited people can stream here. Ask for a link.').waitFor();
  const viewer = await WatchTab.open(stage);
  await viewer.player.getByText('Only invited people can watch this stream').waitFor();
});
