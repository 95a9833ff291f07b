// Who may publish, and where the gateway sends checks.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { gatewayTest, sim, wide } from './gateway_tests.mjs';
import { until } from './gateway.mjs';
import { Publisher, tracks } from './publisher.mjs';

/** Has `publisher` offer, with its SDP changed on the way. */
async function offerChanged(publisher, change) {
  const send = publisher.onSignal;
  publisher.onSignal = ({ description, ...rest }) =>
    send({ ...rest, description: description && { ...description, sdp: change(description.sdp) } });
  await publisher.offer();
}

const codesOf = (stream) => stream.notices.map(({ code }) => code);

const answerTo = (stream) =>
  until(() => stream.answer, 'the gateway answers', 60).then(({ description }) => description.sdp);

gatewayTest('a publisher whose offer names another certificate is not taken', wide, async (gateway) => {
  const publisher = new Publisher(tracks.opus);
  const stream = await gateway.open(sim, publisher);
  await offerChanged(publisher, (sdp) => sdp.replaceAll(/(a=fingerprint:sha-256 )..:/g, '$1' + '00:'));
  await until(() => stream.ended, 'the publication ends', 60);
  assert.deepEqual(codesOf(stream), ['wrong-certificate']);
  assert.doesNotMatch(gateway.log, / media sim=/);
  assert.deepEqual(await gateway.files(sim), []);
});

gatewayTest(
  'an offer without a certificate that can be checked is refused in words',
  wide,
  async (gateway) => {
    for (const [change, words] of [
      [(sdp) => sdp.replaceAll(/a=fingerprint:.*\r\n/g, ''), /names no certificate fingerprint/],
      [(sdp) => sdp.replaceAll(/a=fingerprint:.*\r\n/g, 'a=fingerprint:md5 AB:CD\r\n'), /use sha-256/],
    ]) {
      const publisher = new Publisher(tracks.opus);
      const stream = await gateway.open(sim, publisher);
      await offerChanged(publisher, change);
      await until(() => stream.notices.length > 0, 'the publisher is told', 60);
      assert.match(
        stream.notices[0].sentence,
        /^unsupported-media The media gateway cannot take this offer: /,
      );
      assert.match(stream.notices[0].sentence, words);
      await gateway.close(stream);
    }
  },
);

gatewayTest(
  'no candidate leads the gateway where its publisher does not come from, and none to a TCP port',
  [...wide, '--allow-candidates', '127.0.0.2/32,127.0.0.3/32'],
  async (gateway) => {
    const own =
      Object.values(networkInterfaces())
        .flat()
        .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
    const ears = [];
    const listen = async (address) => {
      const udp = createSocket('udp4');
      udp.bind(0, address);
      await once(udp, 'listening');
      const { port } = udp.address();
      const tcp = createServer();
      tcp.listen(port, address);
      await once(tcp, 'listening');
      const ear = { address, port, heard: 0, connected: 0, close: () => (udp.close(), tcp.close()) };
      udp.on('message', () => ear.heard++);
      tcp.on('connection', (socket) => (ear.connected++, socket.destroy()));
      ears.push(ear);
      return ear;
    };
    const named = ({ address, port }) =>
      `a=candidate:1 1 UDP 2122260223 ${address} ${port} typ host\r\n` +
      `a=candidate:2 1 TCP 2122260222 ${address} ${port} typ host tcptype passive\r\n`;
    /** Its only candidates are these, in the offer and again later. It hears no answer, so that nobody else is found. */
    const offer = async (number, address, places) => {
      const publisher = new Publisher(tracks.opus);
      publisher.signal = () => {};
      const stream = await gateway.open(number, publisher, { address });
      const inOffer = places.map(named).join('');
      await offerChanged(publisher, (sdp) =>
        sdp.replaceAll(/a=candidate:.*\r\n/g, '').replace('a=mid:', `${inOffer}a=mid:`),
      );
      const answer = await answerTo(stream);
      for (const line of inOffer.match(/candidate:.*/g))
        publisher.onSignal({ candidate: { candidate: line.trim(), sdpMLineIndex: 0 } });
      return { stream, answer };
    };
    try {
      const elsewhere = [await listen('127.0.0.1'), await listen(own)];
      const stranger = await offer('11111', '198.51.100.7', elsewhere);
      assert.doesNotMatch(stranger.answer, /a=candidate:.* tcp /i);
      const here = await listen(own);
      await offer('22222', own, [here]);
      await until(() => here.heard > 0, 'the gateway checks what a publisher of this machine names', 60);
      for (const { heard } of elsewhere) assert.equal(heard, 0);
      for (const { connected } of ears) assert.equal(connected, 0);
      await until(() => stranger.stream.ended, 'who has not connected in time goes');
      assert.deepEqual(codesOf(stranger.stream), ['not-connected']);
    } finally {
      for (const ear of ears) ear.close();
    }
  },
);

gatewayTest('who sends nothing goes, and who has paused stays', wide, async (gateway) => {
  const begin = async (number, track) => {
    const publisher = new Publisher(track);
    const stream = await gateway.open(number, publisher);
    await publisher.offer();
    return { publisher, stream };
  };
  const flows = (stream) =>
    until(
      () => gateway.lines.includes(`flows ${stream.number}`),
      `the gateway says that ${stream.sim} flows`,
    );
  const paused = await begin('11111', tracks.briefOpus);
  await flows(paused.stream);
  const silent = await begin('33333', tracks.noOpus);
  await until(() => silent.stream.ended, 'who sends nothing goes', 20);
  assert.deepEqual(codesOf(silent.stream), ['no-media']);
  assert.ok(!gateway.lines.includes(`flows ${silent.stream.number}`));
  assert.equal(paused.stream.ended, false, 'who has paused consents, and stays');
});
