import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from './gateway.mjs';
import { Publisher, tracks } from './publisher.mjs';

test('H.264 and Opus become segments of H.264 and AAC', async () => {
  const gateway = await Gateway.start();
  const publisher = new Publisher(tracks.h264, tracks.opus);
  await gateway.open('923244219594', publisher);
  await publisher.offer();
  const playlist = await gateway.segments('923244219594', 6);
  console.log(new Date().toISOString(), 'six');
  console.log(playlist);
  publisher.end();
  await gateway.stop();
  console.log(gateway.folder);
});
