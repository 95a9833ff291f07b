// What a thousand publishers leave behind, each with a camera and a microphone of Chromium's: nothing.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { launch } from '../browser/support/browser.mjs';
import { startHost, temporaryFolder } from '../conformance/host.mjs';
import { until } from './gateway.mjs';
import { PublishingPage } from './publishing_page.mjs';

/** As many as two cores have time for. */
const pages = 5;
const count = 1_000;
/** By then everything is loaded, and glibc's arenas have what they need for so many at once. */
const warm = 300;
/** Every eleventh, of both kinds in turn, and not only for a first frame. The last ones leave time for the minute that files stay. */
const waitsForSegment = (n) => n % 11 === 0 && n < 600;

/**
 * What profiles find of a cycle is 272 bytes, which GnuTLS 3.7 keeps for threads that asked it for random numbers, as libnice's do.
 * The rest is fragments in glibc's arenas, some megabytes in all. One stream's pipeline is 500 KiB: a fortieth of them left
 * behind is more than this. What is smaller is LeakSanitizer's to find.
 */
const memoryBound = 8 << 20;

/** Of a process. */
function held(pid) {
  const read = (path) => {
    try {
      return readFileSync(`/proc/${pid}/${path}`, 'utf8');
    } catch {
      return ''; // a thread that has just ended
    }
  };
  return {
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    children: readdirSync(`/proc/${pid}/task`).flatMap((id) =>
      read(`task/${id}/children`).split(' ').filter(Boolean).map(Number),
    ),
    memory: Number(/VmRSS:\s+(\d+)/.exec(read('status'))[1]) * 1024,
  };
}

test(
  `${count} publishers that connect, stream and stop leave nothing behind`,
  { timeout: 600_000 },
  async (t) => {
    const folder = temporaryFolder(t);
    // One worker: the host starts others as they are needed, and keeps them with their pipes.
    const host = await startHost(t, {
      args: ['--hls', 'on', '--hls-workers', '1', '--hls-dir', folder, '--log-level', 'info'],
    });
    const flowing = new Set();
    createInterface({ input: host.log }).on('line', (line) => {
      const sim = / media sim=(\d+)$/.exec(line)?.[1];
      if (sim) flowing.add(sim);
    });
    const gateway = Number((await host.logged(/gateway-ready process=(\d+)/))[1]);
    const fresh = { gateway: held(gateway), host: held(host.pid) };
    const browser = await launch();
    t.after(() => browser.close());
    const publishers = await Promise.all(
      Array.from({ length: pages }, () => PublishingPage.open(browser, host.url)),
    );

    let next = 0;
    const cycle = async (publisher) => {
      const n = next++;
      const sim = String(100_000 + n);
      await publisher.publish(n % 2 === 0 ? 'sim' : 'whip', sim);
      await until(() => flowing.delete(sim), `a frame of ${sim}`, 30);
      if (waitsForSegment(n)) {
        const plays = async () => (await (await fetch(`${host.url}/${sim}/1.m3u8`)).text()).includes('.ts');
        await until(plays, `a segment of ${sim}`, 30);
      }
      await publisher.unpublish();
    };
    /** Up to so many in all; what the gateway holds when they are over. */
    const cycles = async (last) => {
      const work = async (publisher) => {
        while (next < last) await cycle(publisher);
      };
      await Promise.all(publishers.map(work));
      await until(async () => (await host.health()).streams === 0, 'all streams are over');
      return until(
        () => {
          const now = held(gateway);
          // GLib keeps some threads for the next task, for some time.
          const over = now.files <= fresh.gateway.files + 2 && now.threads <= fresh.gateway.threads + 4;
          return over && now;
        },
        'the gateway lets go of files and threads',
        30,
      );
    };

    const began = Date.now();
    const before = await cycles(warm);
    const after = await cycles(count);
    const grown = after.memory - before.memory;
    t.diagnostic(`${count} in ${(Date.now() - began) / 1000} s; gateway: ${JSON.stringify(before)}`);
    t.diagnostic(`${grown / 1024} KiB more after ${count} than after ${warm}: ${JSON.stringify(after)}`);
    assert.ok(grown < memoryBound, `it has grown by ${grown} bytes`);
    assert.deepEqual(after.children, []);

    await browser.close();
    await until(() => readdirSync(folder).length === 0, 'no folder is left', 75);
    await until(() => held(host.pid).files <= fresh.host.files, 'the host is back at its descriptors', 30);
    assert.equal(held(host.pid).threads, fresh.host.threads);
    assert.deepEqual(held(host.pid).children, [gateway], 'the one gateway it started with');
  },
);
