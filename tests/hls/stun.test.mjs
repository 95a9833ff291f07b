// A gateway behind NAT, which learns its address from a STUN server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../conformance/client.mjs';
import { startHost, temporaryFolder } from '../conformance/host.mjs';
import { sim } from './gateway_tests.mjs';
import { Publisher, tracks } from './publisher.mjs';
import { mappedAddress, stunServer } from './stun.mjs';

test(
  'the gateway tells the address that the STUN server of its host has seen',
  { timeout: 60_000 },
  async (t) => {
    // Of RFC 5737, section 3.
    const ip = '203.0.113.7';
    const port = 4_567;
    const server = await stunServer(t, { answer: () => mappedAddress(ip, port) });
    const host = await startHost(t, {
      args: ['--hls', 'on', '--ice-server', server.url],
      env: { TMPDIR: temporaryFolder(t) },
    });
    const publisher = new Publisher(tracks.opus);
    t.after(() => publisher.end());
    const client = await Client.at(host, `/${sim}`);
    publisher.onSignal = ({ description }) =>
      client.send({ type: 'offer', sdp: description, simNumber: sim });
    await publisher.offer();
    await client.next('joined');
    const { sdp: answer } = await client.next('answer');
    const seen = `${ip} ${port} typ srflx`;
    assert.ok(answer.sdp.includes(seen), `no "${seen}" in\n${answer.sdp}`);
  },
);
