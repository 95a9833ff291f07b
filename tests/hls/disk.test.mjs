// Disks that are full.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { names, until } from './gateway.mjs';
import { tracks } from './publisher.mjs';
import { gatewayTest, publish, sim, wide } from './gateway_tests.mjs';

gatewayTest(
  'a stream that takes more than its share of the disk ends, and not the gateway',
  ['--disk-mb', '16', ...wide],
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.heavy);
    await until(() => stream.ended, 'the stream has ended', 60);
    publisher.end();
    assert.deepEqual(
      stream.notices.map(({ code }) => code),
      ['disk-full'],
    );
    await gateway.end(sim);
  },
);

const MiB = 1 << 20;

gatewayTest(
  'a disk that is really full ends the stream; another one is there once there is room again',
  [...wide, '--keep-ms', '60000'],
  async (gateway) => {
    const filler = join(gateway.folder, 'filler');
    await writeFile(filler, Buffer.alloc(2 * MiB));
    const full = await publish(gateway, tracks.heavy);
    await until(() => full.stream.ended, 'the stream has ended', 60);
    full.publisher.end();
    assert.deepEqual(
      full.stream.notices.map(({ code }) => code),
      ['disk-full'],
    );
    await gateway.end(sim);
    const playlist = await gateway.playlist(sim);
    const files = await gateway.files(sim);
    assert.deepEqual(files.filter((name) => name.endsWith('.ts')).sort(), names(playlist).sort());
    assert.deepEqual(
      files.filter((name) => !/\.(ts|m3u8)$/.test(name)),
      [],
      'nothing half written',
    );

    await rm(filler);
    const { stream } = await publish(gateway, tracks.h264);
    const later = await gateway.segments(sim, 3, { after: playlist });
    assert.deepEqual(stream.notices, []);
    assert.doesNotMatch(later, /ENDLIST/);
    await gateway.close(stream);
  },
  // The filler, and room for some segments, however late the first key frame is.
  { diskKiB: 8 * 1024 },
);

gatewayTest(
  'a disk that was full before there was a segment',
  wide,
  async (gateway) => {
    const filler = join(gateway.folder, 'filler');
    // As much as there is room for.
    await writeFile(filler, Buffer.alloc(2 * MiB)).catch((error) => assert.equal(error.code, 'ENOSPC'));
    const full = await publish(gateway, tracks.opus);
    await until(() => full.stream.ended, 'the stream has ended');
    full.publisher.end();
    assert.deepEqual(
      full.stream.notices.map(({ code }) => code),
      ['disk-full'],
    );
    await rm(filler);
    const { stream } = await publish(gateway, tracks.opus);
    await gateway.segments(sim, 2);
    assert.deepEqual(stream.notices, []);
    await gateway.close(stream);
  },
  { diskKiB: 1024 },
);
