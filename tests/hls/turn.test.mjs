// Publishers and gateways that reach each other through a TURN server alone.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from '../conformance/client.mjs';
import { startHost, temporaryFolder } from '../conformance/host.mjs';
import { ChromiumPublisher } from './chromium.mjs';
import { Coturn } from './coturn.mjs';
import { codecs, gatewayTest, sim, wide } from './gateway_tests.mjs';
import { names, until } from './gateway.mjs';
import { Publisher, tracks } from './publisher.mjs';

after(() => ChromiumPublisher.closeAll());

gatewayTest('Chromium publishes through TURN', wide, async (gateway) => {
  const server = await Coturn.start();
  try {
    const publisher = await ChromiumPublisher.open();
    const stream = await gateway.open(sim, publisher);
    const configuration = { iceServers: [server.iceServer], iceTransportPolicy: 'relay' };
    await publisher.offer({ codec: 'H264', configuration });
    await gateway.segments(sim, 3);
    await gateway.close(stream);
    await publisher.end();
    assert.deepEqual(await codecs(gateway), ['aac', 'h264']);
  } finally {
    await server.stop();
  }
});

const isRelay = (candidate) => candidate.includes(' typ relay');
const relaysOnly = (sdp) =>
  sdp.replace(/a=candidate:.*\r\n/g, (candidate) => (isRelay(candidate) ? candidate : ''));

test(
  'the gateway is reached through a TURN server that has a secret with its host',
  { timeout: 60_000 },
  async (t) => {
    const server = await Coturn.start();
    t.after(() => server.stop());
    const secret = join(temporaryFolder(t), 'secret');
    await writeFile(secret, `${server.secret}\n`);
    const host = await startHost(t, {
      args: ['--hls', 'on', '--turn', server.uri, '--turn-secret-file', secret],
      env: { TMPDIR: temporaryFolder(t) },
    });
    const publisher = Publisher.relayed(server.iceServer, tracks.h264, tracks.opus);
    t.after(() => publisher.end());
    const client = await Client.at(host, `/${sim}`);
    publisher.onSignal = ({ description }) =>
      client.send({ type: 'offer', sdp: description, simNumber: sim });
    await publisher.offer();
    await client.next('joined');
    // Of the gateway it knows the relayed candidates alone; and only these may send to its own.
    const { sdp: answer } = await client.next('answer');
    assert.match(answer.sdp, / typ relay/);
    publisher.signal({ description: { type: 'answer', sdp: relaysOnly(answer.sdp) } });
    await until(
      async () => names(await (await fetch(`${host.url}/${sim}/1.m3u8`)).text()).length >= 3,
      'segments come',
    );
  },
);
