// What the tests of the gateway have in common.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway, until } from './gateway.mjs';
import { Publisher } from './publisher.mjs';
import { probe } from './ffprobe.mjs';

export const sim = '923244219594';
/** Segments enough for ffprobe to see a whole test. */
export const wide = ['--window', '60'];

/** Runs `body` with a gateway of its own, which must end as it should whatever happened. `place`: see Gateway. */
export function gatewayTest(name, options, body, place) {
  test(name, { timeout: 120_000 }, async () => {
    const gateway = await Gateway.start(options, place);
    try {
      await body(gateway);
      assert.equal(await gateway.stop(), 0, gateway.log);
    } catch (error) {
      throw new Error(`${error.message}\n${await evidence(gateway)}`, { cause: error });
    } finally {
      Publisher.endAll();
      await gateway.remove();
    }
  });
}

/** What the gateway said and has written, for who looks for the reason afterwards. */
async function evidence(gateway) {
  const playlists = [];
  for (const channel of [1, 2]) playlists.push(await gateway.playlist(sim, channel));
  return [...playlists, gateway.log, ...gateway.lines.slice(-20)].join('\n');
}

export async function publish(gateway, ...chains) {
  const publisher = new Publisher(...chains);
  const stream = await gateway.open(sim, publisher);
  await publisher.offer();
  return { publisher, stream };
}

/** Codecs by track, once the stream is closed. */
export async function codecs(gateway, channel = 1) {
  const { tracks: found } = await probe(gateway.playlistFile(sim, channel));
  return found.map(({ codec }) => codec).sort();
}

/** Resolves with the playlist once it has a discontinuity more than it had: `before` is its text then. */
export const interrupted = (gateway, before, what) =>
  until(async () => {
    const text = await gateway.playlist(sim);
    return discontinuities(text) > discontinuities(before) && text;
  }, what);

export const discontinuities = (playlist) => playlist.match(/#EXT-X-DISCONTINUITY\n/g)?.length ?? 0;
