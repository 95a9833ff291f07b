// Streams by SIM number as HLS: the host with the real media gateway, and GStreamer's webrtcbin as publisher.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.mjs';
import {
  camera,
  gatewayOf,
  gatewayTest,
  hasEnded,
  isAlive,
  playlist,
  plays,
  postOffer,
  publishBySim,
  publishByWhip,
  segments,
  sim,
  startGateway,
  statusOf,
  until,
  workersOf,
} from './hls_host.mjs';
import { binary, run, startHost, temporaryFolder } from './host.mjs';

const cases = new URL('../cases', import.meta.url).pathname;

gatewayTest('a publisher of the document is at /{sim}/1.m3u8, for pages of any site', async (t) => {
  const host = await startGateway(t);
  const before = await fetch(`${host.url}/${sim}/1.m3u8`);
  assert.equal(before.status, 404);
  assert.match(await before.text(), /Nobody publishes under this number/);
  const client = await publishBySim(t, host);

  const text = await playlist(host, plays);
  const response = await fetch(`${host.url}/${sim}/1.m3u8`);
  assert.equal(response.headers.get('content-type'), 'application/vnd.apple.mpegurl');
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  assert.equal(response.headers.get('cache-control'), 'no-cache');
  const segment = await fetch(`${host.url}/${sim}/${segments(text)[0]}`);
  assert.equal(segment.headers.get('content-type'), 'video/mp2t');
  assert.match(segment.headers.get('cache-control'), /immutable/);
  assert.equal(new Uint8Array(await segment.arrayBuffer())[0], 0x47, 'an MPEG-TS packet');
  await until(async () => (await host.health()).hlsWorkers === 2, 'another worker stands by');
  const { hls, streams, members } = await host.health();
  assert.deepEqual({ hls, streams, members }, { hls: 'running', streams: 1, members: 1 });

  client.send({ type: 'leave' });
  await playlist(host, hasEnded);
  assert.equal((await host.health()).streams, 0);
});

gatewayTest('who offers while the gateway is being started waits for it', async (t) => {
  const host = await startGateway(t);
  await publishBySim(t, host);
  await playlist(host, plays);
});

gatewayTest('a WHIP client publishes, trickles and ends its stream', async (t) => {
  const host = await startGateway(t);
  const { session, etag, answer, source } = await publishByWhip(t, host);
  assert.match(answer, /a=candidate:/, 'the answer has the candidates in it');
  await playlist(host, plays);

  const second = await postOffer(host, source.offer.sdp);
  assert.equal(second.status, 409);
  assert.match(await second.text(), /already/);

  const ufrag = /a=ice-ufrag:(\S+)/.exec(source.offer.sdp)[1];
  const fragment =
    `a=ice-ufrag:${ufrag}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:video0\r\n` +
    'a=candidate:9 1 UDP 1 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n';
  const patch = async (headers, body = fragment) => {
    const type = { 'Content-Type': 'application/trickle-ice-sdpfrag' };
    const response = await fetch(session, { method: 'PATCH', headers: { ...type, ...headers }, body });
    assert.equal(response.headers.get('etag'), null);
    return response.status;
  };
  assert.equal(await patch({ 'If-Match': etag }), 204);
  assert.equal(await patch({ 'If-Match': `"another", ${etag}`, Authorization: 'Bearer secret' }), 204);
  const unusable = 'a=candidate:9 1 UDP 1 0b1a3a22-91ff-4a8b-a1ef-6f7a9f0d3c11.local 9 typ host';
  assert.equal(await patch({ 'If-Match': etag }, fragment.replace(/a=candidate.*/, unusable)), 204);
  assert.equal(await patch({}), 428);
  assert.equal(await patch({ 'If-Match': '"another"' }), 412);
  assert.equal(await patch({ 'If-Match': '*' }), 422, 'no ICE restart');
  assert.equal((await fetch(session)).status, 204, 'and the session goes on');
  assert.equal(await patch({ 'If-Match': etag }, fragment.replace(ufrag, 'another')), 422);
  assert.equal(await patch({ 'If-Match': etag }, 'hello'), 400);
  assert.equal(await patch({ 'If-Match': etag, 'Content-Type': 'text/plain' }), 415);

  // An entity tag means nothing here (RFC 9725 section 4.3.1).
  const ending = { method: 'DELETE', headers: { 'If-Match': '"another"', Authorization: 'Bearer secret' } };
  assert.equal((await fetch(session, ending)).status, 200);
  await playlist(host, hasEnded);
  assert.equal((await fetch(session, { method: 'DELETE' })).status, 404);
});

gatewayTest('a WHIP publisher that was cut off makes way within 2 s, and its playlist goes on', async (t) => {
  const host = await startGateway(t);
  const { session, source } = await publishByWhip(t, host);
  const before = segments(await playlist(host, plays));
  source.publisher.kill();
  const asked = performance.now();
  await publishByWhip(t, host);
  // A machine that is busy takes its time for the connection, which the answer does not wait for.
  assert.ok(performance.now() - asked < 6_000, `after ${performance.now() - asked} ms`);
  assert.equal((await fetch(session)).status, 404, 'the former session is over');
  const text = await playlist(host, (now) => segments(now).some((name) => !before.includes(name)));
  assert.ok(!hasEnded(text));
  await playlist(host, (now) => now.includes('#EXT-X-DISCONTINUITY'));
});

/** As libdatachannel, and with it OBS, writes an offer: what all m-lines have in common is the session's. */
function inShort(offer) {
  const common = /^a=(setup|ice-ufrag|ice-pwd|fingerprint):.*\r\n/gm;
  const lines = [...new Set(offer.match(common))].join('');
  return offer.replace(common, '').replace(/^m=/m, `${lines}m=`);
}

gatewayTest('the answer is as RFC 9725 has it, however the offer is written', async (t) => {
  const host = await startGateway(t);
  const short = await publishByWhip(t, host, { written: inShort });
  const both = await publishByWhip(t, host, {
    number: '5551234',
    written: (offer) => offer.replaceAll('a=sendonly', 'a=sendrecv'),
  });
  for (const { answer } of [short, both]) {
    const count = (pattern) => answer.match(pattern)?.length ?? 0;
    assert.equal(count(/^m=/gm), 2);
    assert.equal(count(/^a=recvonly\r$/gm), 2, answer);
    assert.equal(count(/^a=rtcp-mux-only\r$/gm), 2, answer);
  }
  await playlist(host, plays);
  await playlist(host, plays, { number: '5551234' });
});

gatewayTest('credentials of each m-line, and m-lines without a direction, are taken', async (t) => {
  const host = await startGateway(t);
  for (const [number, name] of [
    [sim, 'offer-ice-credentials-per-line.sdp'],
    ['5551234', 'offer-without-direction.sdp'],
  ]) {
    // Nobody is at its candidates.
    const offer = readFileSync(join(cases, name), 'utf8').replaceAll(/^a=candidate:.*\r?\n/gm, '');
    const response = await postOffer(host, offer, number);
    const answer = await response.text();
    assert.equal(response.status, 201, answer);
    assert.equal(response.headers.get('parley-notice'), null);
    assert.equal(answer.match(/^a=recvonly\r$/gm)?.length, 2, answer);
    assert.doesNotMatch(answer, /^m=\S+ 0 /m);
    for (const [, ufrag] of offer.matchAll(/^a=ice-ufrag:(\S+)/gm))
      assert.ok(!answer.includes(ufrag), answer);
  }
});

gatewayTest('of sound in another codec the publisher is told that it is left out', async (t) => {
  const host = await startGateway(t);
  const source = await camera(t);
  const sounds = source.offer.sdp.replaceAll(/opus\/48000(\/2)?/gi, 'PCMU/8000');
  const response = await postOffer(host, sounds);
  source.answer(await response.text());
  assert.equal(response.status, 201);
  assert.match(response.headers.get('parley-notice'), /^left-out: .* the sound .* is left out\.$/);
  await host.logged(/notice .*room=923244219594 .*code=left-out/);
  await playlist(host, plays);

  const client = await Client.at(host, '/5551234');
  client.send({ type: 'offer', sdp: { type: 'offer', sdp: sounds }, simNumber: '5551234' });
  assert.equal((await client.next('notice')).code, 'left-out');
  await client.next('answer');
});

gatewayTest('an offer of which nothing can be taken is refused at once', async (t) => {
  const host = await startGateway(t);
  const { offer } = await camera(t);
  const refused = {
    'a codec that this host takes': offer.sdp.replaceAll(/H264\/90000|opus\/48000/gi, 'L16/90000'),
    'neither sound nor video': readFileSync(join(cases, 'offer-that-sends-nothing.sdp'), 'utf8'),
    'a=setup': offer.sdp.replaceAll(/^a=setup:.*\r\n/gm, ''),
  };
  for (const [why, body] of Object.entries(refused)) {
    const started = Date.now();
    const response = await postOffer(host, body);
    assert.equal(response.status, 422);
    assert.match(await response.text(), new RegExp(why));
    assert.ok(Date.now() - started < 5_000, `${Date.now() - started} ms`);
  }
  await until(async () => (await host.health()).streams === 0, 'nothing is left of them');
  await publishByWhip(t, host);
});

gatewayTest('a gateway that crashes takes nothing down, and publishing again works within 5 s', async (t) => {
  const host = await startGateway(t, { args: ['--hls-workers', '1'] });
  const client = await publishBySim(t, host);
  const whip = await publishByWhip(t, host, { number: '5551234' });
  const text = await playlist(host, plays);
  const gateway = await gatewayOf(host);

  process.kill(gateway, 'SIGKILL');
  assert.equal((await client.next('error')).code, 'gateway-lost');
  const started = Date.now();
  assert.equal((await host.health()).status, 'ok');
  const again = await camera(t);
  client.send({ type: 'offer', sdp: again.offer, simNumber: sim });
  again.answer((await client.next('answer')).sdp.sdp);
  const milliseconds = Date.now() - started;
  assert.ok(milliseconds < 5_000, `it was answered after ${milliseconds} ms`);
  await playlist(host, (now) => segments(now).some((name) => !text.includes(name)));
  t.diagnostic(`the first new segment was there after ${Date.now() - started} ms`);
  assert.equal((await fetch(whip.session, { method: 'DELETE' })).status, 404, 'its session is over');
});

gatewayTest('a publisher whose socket was lost continues its playlist after a discontinuity', async (t) => {
  const host = await startGateway(t);
  const client = await publishBySim(t, host);
  const text = await playlist(host, plays);
  client.socket.terminate();
  await host.logged(/leave .*peer=gateway/);
  await publishBySim(t, host);
  const continued = await playlist(host, (now) => now.includes('#EXT-X-DISCONTINUITY\n') && !hasEnded(now));
  assert.ok(
    segments(continued).some((name) => text.includes(name)),
    'it still lists what was there',
  );
});

gatewayTest(
  'the gateway ends with the host, however that ends, and a temporary folder with it',
  async (t) => {
    const temporary = temporaryFolder(t);
    for (const [signal, patience] of [
      ['SIGTERM', 2_500],
      ['SIGKILL', 5_000],
    ]) {
      const host = await startGateway(t, { env: { TMPDIR: temporary } });
      await publishByWhip(t, host);
      await playlist(host, plays);
      assert.equal(readdirSync(temporary).length, 1);
      const workers = workersOf(host);
      assert.equal(workers.length, 2, 'the one that streams, and one that stands by');
      const started = Date.now();
      host.kill(signal);
      const { code } = await host.ended;
      if (signal === 'SIGTERM') {
        assert.equal(code, 0);
        assert.ok(!workers.some(isAlive));
        assert.deepEqual(readdirSync(temporary), []);
      }
      await until(() => !workers.some(isAlive), `the gateway is gone after ${signal}`, 5);
      assert.ok(Date.now() - started < patience, `${signal}: ${Date.now() - started} ms`);
      assert.deepEqual(readdirSync(temporary), [], `after ${signal}`);
    }
  },
);

/** All at once, as by a power cut. */
async function killAll(host) {
  // A host that is stopped starts no other worker. (The other way round, a host that goes wakes a gateway that is
  // stopped: POSIX, orphaned process groups.)
  host.kill('SIGSTOP');
  const workers = workersOf(host);
  for (const worker of workers) process.kill(worker, 'SIGKILL');
  await until(() => workers.every((worker) => /^State:\s+Z/m.test(statusOf(worker))), 'the workers are dead');
  host.kill('SIGKILL');
  await host.ended;
  await until(() => !workers.some(isAlive), 'the workers are gone');
}

gatewayTest('what a host and a gateway leave that were killed goes with the next start', async (t) => {
  const temporary = temporaryFolder(t);
  const options = { env: { TMPDIR: temporary } };
  const killed = await startGateway(t, options);
  await publishByWhip(t, killed);
  await playlist(killed, plays);
  const [left] = readdirSync(temporary);
  await killAll(killed);
  assert.deepEqual(readdirSync(temporary), [left]);

  const others = ['parley-hls-mine', 'something-else'];
  for (const name of others) mkdirSync(join(temporary, name));
  const next = await startGateway(t, options);
  const [own] = readdirSync(temporary).filter((name) => !others.includes(name));
  assert.notEqual(own, left);
  const another = await startGateway(t, options);
  assert.ok(existsSync(join(temporary, own)), 'that of a host that lives stays');
  for (const host of [next, another]) {
    host.kill('SIGTERM');
    await host.ended;
  }
  assert.deepEqual(readdirSync(temporary).sort(), others);
});

gatewayTest('two hosts do not keep their streams in one folder', async (t) => {
  const folder = temporaryFolder(t);
  await startGateway(t, { args: ['--hls-dir', folder] });
  await assert.rejects(
    startGateway(t, { args: ['--hls-dir', folder] }),
    /ended with 2: parley: Another host keeps its streams in the folder .* Choose another folder with --hls-dir\.\n/,
  );
});

gatewayTest(
  'what an earlier run left in --hls-dir is played on and ended, and nothing else in it is touched',
  async (t) => {
    const folder = temporaryFolder(t);
    const options = { args: ['--hls-dir', folder] };
    const killed = await startGateway(t, options);
    await publishByWhip(t, killed);
    await playlist(killed, plays);
    await killAll(killed);
    const before = readFileSync(join(folder, sim, '1.m3u8'), 'utf8');
    const write = (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      return path;
    };
    const others = [
      write('notes.txt', 'mine'),
      write('photos/1.jpg', 'mine'),
      // Folders that could be a SIM's: somebody's photos, and somebody's HLS.
      write('20240101/1.jpg', 'mine'),
      write('20240102/1.m3u8', '#EXTM3U\n#EXTINF:4,\nfilm0.ts\n#EXT-X-ENDLIST\n'),
      write('20240102/film0.ts', 'mine'),
      write('20240103/1.m3u8', '#EXTM3U\n#EXTINF:4,\n../20240102/film0.ts\n'),
    ];
    mkdirSync(join(folder, '55555'));

    const next = await startGateway(t, options);
    await gatewayOf(next);
    assert.equal(await (await fetch(`${next.url}/${sim}/1.m3u8`)).text(), before, 'it is still played');
    await playlist(next, hasEnded);
    // What was seen goes a minute later, and what never was at once.
    await until(() => !existsSync(join(folder, '55555')), 'the empty folder is gone', 5);
    for (const path of others) assert.ok(readFileSync(join(folder, path), 'utf8') !== '', path);
  },
);

gatewayTest('who publishes to the gateway is shown so, and nobody connects with it', async (t) => {
  const host = await startGateway(t);
  const seen = ({ id, streams, dialect }) => ({ id, streams, dialect });
  const shown = (dialect) => ({ id: sim, streams: true, dialect });
  const first = await Client.join(host, sim, 'first');
  const publisher = await publishBySim(t, host);
  assert.deepEqual(seen((await first.next('peer-joined')).peer), shown('sim'));
  const second = await Client.join(host, sim, 'second');
  assert.deepEqual(seen(second.joined.peers[1]), shown('sim'));
  assert.equal(second.joined.peers[0].streams, undefined);

  // Whoever tries all the same is not heard.
  second.send({ type: 'signal', seq: 1, to: sim, candidate: { candidate: 'candidate:of-a-tab' } });
  second.send({ type: 'signal', seq: 2, to: sim, description: { type: 'answer', sdp: 'v=0' } });
  await second.ping();
  const heard = JSON.stringify(await publisher.heard());
  assert.ok(!heard.includes('of-a-tab') && !heard.includes('"answer"'), heard);
  publisher.send({ type: 'leave' });
  await second.next('peer-left');

  await publishByWhip(t, host);
  assert.deepEqual(seen((await second.next('peer-joined')).peer), shown('whip'));
});

/** Of a process: how many files it has open, and threads. */
const held = (pid) => ({
  files: readdirSync(`/proc/${pid}/fd`).length,
  threads: readdirSync(`/proc/${pid}/task`).length,
});

gatewayTest('1,000 streams that begin and end leave nothing behind', async (t) => {
  const folder = temporaryFolder(t);
  const host = await startGateway(t, { args: ['--hls-dir', folder, '--hls-workers', '1'] });
  const gateway = await gatewayOf(host);
  const { offer } = await camera(t);
  const cycle = async (number) => {
    const response = await postOffer(host, offer.sdp, number);
    assert.equal(response.status, 201, await response.text());
    const session = host.url + response.headers.get('location');
    assert.equal((await fetch(session, { method: 'DELETE' })).status, 200);
  };
  let next = 100_000;
  const cycles = async (count) => {
    const last = next + count;
    const worker = async () => {
      while (next < last) await cycle(String(next++));
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  };
  const settled = () => until(async () => (await host.health()).streams === 0, 'all streams are over');
  await cycles(50);
  await settled();
  const before = await until(async () => {
    const { files, threads } = held(gateway);
    return files < 40 && { files, threads };
  }, 'the first streams let go of their files');
  await cycles(950);
  await settled();
  await until(
    async () => held(gateway).files <= before.files + 2 && held(gateway).threads <= before.threads + 2,
    `the gateway is back at ${JSON.stringify(before)}`,
  );
  assert.equal(await gatewayOf(host), gateway, 'it is the same process');
  await until(() => readdirSync(folder).length === 0, 'no folder is left');
});

gatewayTest(
  'past the limit of streams a publisher is told, and has one when another has ended',
  async (t) => {
    const host = await startGateway(t, { args: ['--max-streams', '1'] });
    const { session, source } = await publishByWhip(t, host);
    const refused = await postOffer(host, source.offer.sdp, '55555');
    assert.equal(refused.status, 503);
    assert.match(await refused.text(), /as many streams as it may/);
    const client = await Client.at(host, '/66666');
    client.send({ type: 'offer', sdp: source.offer, simNumber: '66666' });
    assert.equal((await client.next('error')).code, 'too-many-streams');
    assert.equal((await fetch(session, { method: 'DELETE' })).status, 200);
    await publishByWhip(t, host, { number: '55555' });
  },
);

gatewayTest('a WHIP session ends with its stream, whoever ends that', async (t) => {
  const host = await startGateway(t, { args: ['--manager', '127.0.0.1:0'] });
  const { session, etag } = await publishByWhip(t, host);
  const cleared = await fetch(`${host.managerUrl}/rooms/${sim}`, { method: 'DELETE' });
  assert.equal(cleared.ok, true, await cleared.text());
  await until(async () => (await fetch(session)).status === 404, 'the session is gone');
  const headers = { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': etag };
  assert.equal((await fetch(session, { method: 'PATCH', headers, body: '' })).status, 404);
  const again = await publishByWhip(t, host);
  const body =
    'm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:video0\r\n' +
    'a=candidate:9 1 UDP 1 127.0.0.1 9 typ host\r\n'.repeat(129);
  const patched = await fetch(again.session, {
    method: 'PATCH',
    headers: { ...headers, 'If-Match': again.etag },
    body,
  });
  assert.equal(patched.status, 400);
  assert.match(await patched.text(), /at most 128 candidates/);
});

test('a host without a gateway beside it starts by itself, and not if one is insisted on', async (t) => {
  const folder = temporaryFolder(t);
  const program = join(folder, 'parley');
  copyFileSync(binary(), program);
  const { code, err } = await run(['--web', folder, '--hls', 'on'], {}, program).ended;
  assert.equal(code, 2);
  assert.match(err, /^parley: There is no media gateway at .*parley-hls: [^\n]+\n$/);
  const host = await startHost(t, { args: ['--hls', 'auto'], program });
  assert.equal((await host.health()).hls, 'off');
});
