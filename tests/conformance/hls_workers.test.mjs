// Streams are divided among worker processes: what becomes of them when one dies, hangs or is killed by what it was given.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Client } from './client.mjs';
import {
  camera,
  gatewayTest,
  playlist,
  plays,
  postOffer,
  publishByWhip,
  segments,
  startGateway,
  until,
  workersOf,
} from './hls_host.mjs';

/** Publishes in the sim dialect; `offer` does so again. */
async function publish(t, host, number) {
  const client = await Client.at(host, `/${number}`);
  const offer = async (ready = camera(t)) => {
    const source = await ready;
    client.send({ type: 'offer', sdp: source.offer, simNumber: number });
    source.answer((await client.next('answer')).sdp.sdp);
  };
  await offer();
  return { client, offer, number, playlist: (wanted) => playlist(host, wanted, { number }) };
}

/** The process that has the stream of that number. */
const workerOf = (host, number) =>
  Number(
    [...host.output.err.matchAll(new RegExp(`gateway-open room=${number} process=(\\d+)`, 'g'))].at(-1)[1],
  );

/** Two streams, each in a worker of its own. */
async function twoWorkers(t, host) {
  const first = await publish(t, host, '11111');
  await until(async () => (await host.health()).hlsWorkers === 2, 'another worker stands by');
  const second = await publish(t, host, '22222');
  await first.playlist(plays);
  await second.playlist(plays);
  const workers = [workerOf(host, '11111'), workerOf(host, '22222')];
  assert.notEqual(workers[0], workers[1]);
  return { first, second, workers };
}

const goesOn = (stream, before) =>
  stream.playlist((now) => segments(now).filter((name) => !before.includes(name)).length >= 3);

gatewayTest(
  'a worker that is killed costs its own streams some seconds, and the others nothing',
  async (t) => {
    const host = await startGateway(t);
    const { first, second, workers } = await twoWorkers(t, host);
    const before = { first: await first.playlist(plays), second: await second.playlist(plays) };
    const again = camera(t);
    await again;
    process.kill(workers[0], 'SIGKILL');
    assert.equal((await first.client.next('error')).code, 'gateway-lost');
    // The host answers `gateway-unavailable` where no worker comes within 5 s, and then there is no answer.
    await first.offer(again);
    const now = await goesOn(first, before.first);
    assert.match(now, /#EXT-X-DISCONTINUITY\n/, 'in the same playlist, which another worker has taken up');
    await goesOn(second, before.second);
    assert.equal(workerOf(host, '22222'), workers[1]);
    assert.deepEqual(
      (await second.client.heard()).filter(({ type }) => type === 'error'),
      [],
    );
  },
);

gatewayTest('a worker that hangs is killed, and its publishers are told', async (t) => {
  const host = await startGateway(t);
  const { first, second, workers } = await twoWorkers(t, host);
  const before = await second.playlist(plays);
  process.kill(workers[0], 'SIGSTOP');
  assert.equal((await first.client.next('error')).code, 'gateway-lost');
  await first.offer();
  await goesOn(second, before);
  await until(() => !workersOf(host).includes(workers[0]), 'it is gone');
});

/** A STUN server that never answers: who asks it keeps its answer back for two seconds. */
async function silentStunServer(t) {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { asked: once(socket, 'message'), url: `stun:127.0.0.1:${socket.address().port}` };
}

gatewayTest('an offer that crashes a worker is told so, and is not given to another', async (t) => {
  const stun = await silentStunServer(t);
  const host = await startGateway(t, { args: ['--ice-server', stun.url] });
  const { offer } = await camera(t);
  const client = await Client.at(host, '/11111');
  client.send({ type: 'offer', sdp: offer, simNumber: '11111' });
  await stun.asked;
  const worker = workerOf(host, '11111');
  process.kill(worker, 'SIGSEGV');
  assert.equal((await client.next('error')).code, 'gateway-crashed');
  assert.equal((await client.next('error')).code, 'gateway-lost');

  const left = workersOf(host).filter((pid) => pid !== worker);
  client.send({ type: 'offer', sdp: offer, simNumber: '11111' });
  const refused = await client.next('error');
  assert.equal(refused.code, 'gateway-crashed');
  assert.match(refused.message, /crashed while it took up this offer/);
  const byWhip = await postOffer(host, offer.sdp, '33333');
  assert.equal(byWhip.status, 422);
  assert.match(await byWhip.text(), /crashed while it took up this offer/);
  assert.ok(left.length > 0 && left.every((pid) => workersOf(host).includes(pid)), 'no other has crashed');
});
