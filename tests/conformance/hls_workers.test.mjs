// Streams are divided among worker processes: what becomes of them when one dies or hangs.
import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import {
  camera,
  gatewayTest,
  playlist,
  plays,
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
