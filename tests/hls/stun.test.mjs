// A gateway behind NAT, which learns its address from a STUN server.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { Client } from '../conformance/client.mjs';
import { startHost, temporaryFolder } from '../conformance/host.mjs';
import { sim } from './gateway_tests.mjs';
import { Publisher, tracks } from './publisher.mjs';

/** libnice 0.1.21 sends by the interface of its candidates, so nothing of it gets to loopback. */
const address = Object.values(networkInterfaces())
  .flat()
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** Of RFC 5737, section 3. */
const publicAddress = [203, 0, 113, 7];
const publicPort = 4_567;

/** A STUN server that has seen everybody at that address. */
async function stunServer(t) {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.bind(0, address);
  await once(socket, 'listening');
  socket.on('message', (request, { port, address: from }) => {
    const isBindingRequest = request.readUInt16BE(0) === 0x0001;
    if (!isBindingRequest) return;
    const header = Buffer.from([0x01, 0x01, 0, 12]);
    const transaction = request.subarray(4, 20);
    // MAPPED-ADDRESS (RFC 8489, section 14.1).
    const mapped = Buffer.from([0x00, 0x01, 0, 8, 0, 0x01, 0, 0, ...publicAddress]);
    mapped.writeUInt16BE(publicPort, 6);
    socket.send(Buffer.concat([header, transaction, mapped]), port, from);
  });
  return `stun:${address}:${socket.address().port}`;
}

test(
  'the gateway tells the address that the STUN server of its host has seen',
  { timeout: 60_000, skip: address === undefined && 'this machine has no address but loopback' },
  async (t) => {
    const host = await startHost(t, {
      args: ['--hls', 'on', '--ice-server', await stunServer(t)],
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
    const seen = `${publicAddress.join('.')} ${publicPort} typ srflx`;
    assert.ok(answer.sdp.includes(seen), `no "${seen}" in\n${answer.sdp}`);
  },
);
