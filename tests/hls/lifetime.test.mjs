// Publishers that leave, are lost and come back; and what players have of them meanwhile.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { names, until } from './gateway.mjs';
import { tracks } from './publisher.mjs';
import { discontinuities, gatewayTest, publish, sim, wide } from './gateway_tests.mjs';

gatewayTest(
  'a publisher that was lost and comes back goes on in the same playlist',
  wide,
  async (gateway) => {
    const first = await publish(gateway, tracks.h264, tracks.opus);
    const before = await gateway.segments(sim, 2);
    first.publisher.end();
    await gateway.close(first.stream, 'lost');
    assert.doesNotMatch(await gateway.playlist(sim), /ENDLIST/);
    await publish(gateway, tracks.h264, tracks.opus);
    const later = await gateway.segments(sim, 2, { after: await gateway.playlist(sim) });
    assert.equal(discontinuities(later), discontinuities(before) + 1, later);
    assert.ok(later.includes(names(before)[0]), later);
  },
);

gatewayTest('one that left has an end, and comes back after it', wide, async (gateway) => {
  const first = await publish(gateway, tracks.opus);
  await gateway.segments(sim, 2);
  await gateway.close(first.stream);
  first.publisher.end();
  const ended = await gateway.playlist(sim);
  assert.match(ended, /#EXT-X-ENDLIST\n$/);
  const second = await publish(gateway, tracks.opus);
  const later = await gateway.segments(sim, 1, { after: ended });
  assert.doesNotMatch(later, /ENDLIST/);
  assert.equal(discontinuities(later), 1, later);
  second.publisher.end();
});

gatewayTest(
  'one that leaves and joins again at once goes on in the same playlist, which never says that it has ended',
  ['--rejoin-ms', '2000', ...wide],
  async (gateway) => {
    const first = await publish(gateway, tracks.opus);
    const before = await gateway.segments(sim, 2);
    gateway.say(`close ${first.stream.number} left`);
    const second = await publish(gateway, tracks.h264, tracks.opus);
    first.publisher.end();
    let ends = 0;
    // Longer than it would have waited for somebody to join.
    const later = await until(async () => {
      const text = await gateway.playlist(sim);
      if (text.includes('#EXT-X-ENDLIST')) ends++;
      return names(text).filter((name) => !before.includes(name)).length >= 5 && text;
    }, 'it goes on');
    assert.equal(ends, 0);
    assert.ok(later.includes(names(before)[0]), later);
    await gateway.close(second.stream);
    second.publisher.end();
  },
);

gatewayTest(
  'a publisher that is gone without a word is noticed, and the host is told',
  wide,
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.opus);
    await gateway.segments(sim, 1);
    publisher.kill();
    await until(() => stream.ended, 'the stream has ended', 25);
    assert.doesNotMatch(await gateway.playlist(sim), /ENDLIST/, 'it may come back');
  },
);

gatewayTest(
  'a gateway that was killed leaves a playlist that the next one goes on with',
  wide,
  async (gateway) => {
    await publish(gateway, tracks.opus);
    const before = await gateway.segments(sim, 2);
    process.kill(gateway.pid, 'SIGKILL');
    await gateway.exited();
    await gateway.run(wide);
    await publish(gateway, tracks.opus);
    const later = await gateway.segments(sim, 2, { after: before });
    assert.ok(later.includes(names(before)[0]), later);
    assert.equal(discontinuities(later), 1, later);
  },
);

gatewayTest('the end of the pipe ends the playlists, and the process within 2 s', wide, async (gateway) => {
  await publish(gateway, tracks.h264, tracks.opus);
  await gateway.segments(sim, 2);
  const began = Date.now();
  assert.equal(await gateway.stop(), 0);
  assert.ok(Date.now() - began < 2000, `${Date.now() - began} ms`);
  assert.match(await gateway.playlist(sim), /#EXT-X-ENDLIST\n$/);
});

const brief = [...wide, '--grace-ms', '1500', '--keep-ms', '1500'];
const ended = /#EXT-X-ENDLIST\n$/;

async function lose(gateway) {
  const { publisher, stream } = await publish(gateway, tracks.opus);
  await gateway.segments(sim, 2);
  publisher.end();
  await gateway.close(stream, 'lost');
  const playlist = await gateway.playlist(sim);
  assert.doesNotMatch(playlist, ended);
  return playlist;
}

/** The folder's own name is not listed any more either. */
const isRemoved = (gateway) =>
  until(async () => !(await gateway.folders()).includes(sim), 'no folder is left');

gatewayTest(
  'a lost publisher that does not come back: an end after the grace, and no files some time after that',
  brief,
  async (gateway) => {
    const lost = await lose(gateway);
    const lostAt = Date.now();
    const end = await until(async () => {
      const playlist = await gateway.playlist(sim);
      return ended.test(playlist) && playlist;
    }, 'the playlist ends');
    const graceMs = Date.now() - lostAt;
    assert.ok(graceMs > 1200, `the grace was ${graceMs} ms`);
    assert.deepEqual(names(end), names(lost));
    assert.deepEqual(
      (await gateway.files(sim)).filter((name) => name.endsWith('.ts')).sort(),
      names(end).sort(),
    );
    await isRemoved(gateway);
    const keptMs = Date.now() - lostAt - graceMs;
    assert.ok(keptMs > 1200, `kept for ${keptMs} ms`);
    const { stream } = await publish(gateway, tracks.opus);
    const anew = await gateway.segments(sim, 1);
    assert.match(anew, /#EXT-X-MEDIA-SEQUENCE:0\n/);
    assert.equal(discontinuities(anew), 0, anew);
    await gateway.close(stream);
  },
);

gatewayTest('a lost publisher that comes back within the grace: no end', brief, async (gateway) => {
  const lost = await lose(gateway);
  const { stream } = await publish(gateway, tracks.opus);
  // Longer than the grace, which is over for this publisher.
  const later = await gateway.segments(sim, 4, { after: lost });
  assert.doesNotMatch(later, ended);
  assert.ok(later.includes(names(lost)[0]), later);
  assert.equal(discontinuities(later), 1, later);
  assert.equal(stream.ended, false);
});

gatewayTest(
  'a lost publisher that comes back after the end, while the files are there, goes on',
  [...wide, '--grace-ms', '0', '--keep-ms', '4000'],
  async (gateway) => {
    const { publisher, stream } = await publish(gateway, tracks.opus);
    await gateway.segments(sim, 2);
    publisher.end();
    await gateway.close(stream, 'lost');
    await until(async () => ended.test(await gateway.playlist(sim)), 'the playlist ends');
    const before = await gateway.playlist(sim);
    await publish(gateway, tracks.opus);
    // Longer than the files were to be there.
    const later = await gateway.segments(sim, 5, { after: before });
    assert.doesNotMatch(later, ended);
    assert.ok(later.includes(names(before)[0]), later);
    assert.equal(discontinuities(later), 1, later);
  },
);

gatewayTest(
  'what a gateway left behind ends, and goes, where its publisher does not come back',
  brief,
  async (gateway) => {
    await publish(gateway, tracks.opus);
    await gateway.segments(sim, 2);
    process.kill(gateway.pid, 'SIGKILL');
    await gateway.exited();
    await gateway.run(brief);
    await until(async () => ended.test(await gateway.playlist(sim)), 'the playlist ends');
    await isRemoved(gateway);
  },
);

gatewayTest('what somebody else keeps in the same folder stays when that goes', brief, async (gateway) => {
  await publish(gateway, tracks.opus);
  await gateway.segments(sim, 2);
  process.kill(gateway.pid, 'SIGKILL');
  await gateway.exited();
  // Folders that could be a SIM's: somebody's photos, and somebody's HLS.
  const others = {
    'notes.txt': 'mine',
    '20240101/1.jpg': 'mine',
    '20240102/1.m3u8': '#EXTM3U\n#EXTINF:4,\nfilm0.ts\n#EXT-X-ENDLIST\n',
    '20240102/film0.ts': 'mine',
  };
  for (const [name, text] of Object.entries(others)) {
    await mkdir(dirname(join(gateway.folder, name)), { recursive: true });
    await writeFile(join(gateway.folder, name), text);
  }
  await gateway.run(brief);
  await isRemoved(gateway);
  for (const [name, text] of Object.entries(others))
    assert.equal(await readFile(join(gateway.folder, name), 'utf8'), text, name);
});

gatewayTest(
  'publishers that come the very moment the files of the one before go',
  [...wide, '--keep-ms', '0'],
  async (gateway) => {
    for (let number = 1000; number < 1300; ++number) {
      gateway.say(`open ${number} ::1 ${sim}`);
      gateway.say(`close ${number} left`);
    }
    await until(() => gateway.lines.includes('ended 1299'), 'the last one has ended');
    const { stream } = await publish(gateway, tracks.opus);
    await gateway.segments(sim, 1);
    await gateway.close(stream);
    await isRemoved(gateway);
  },
);
