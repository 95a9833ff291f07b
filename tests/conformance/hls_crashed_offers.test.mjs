// An offer that crashes its worker: what becomes of it, and of everybody else.
import assert from 'node:assert/strict';
import { tracks } from '../hls/publisher.mjs';
import { stunServer } from '../hls/stun.mjs';
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
} from './hls_host.mjs';

const crashed = /^The media gateway crashed while it took up this offer, which is not tried again\. /;

const opened = (host, number) =>
  [...host.output.err.matchAll(new RegExp(`gateway-open room=${number} process=(\\d+)`, 'g'))].map(
    ([, process]) => Number(process),
  );

/**
 * A host with these streams, which play, divided among two workers. Its STUN server is silent, so that answers take 2 s:
 * what a worker asks it says that an offer has been taken up.
 */
async function start(t, ...numbers) {
  const server = await stunServer(t);
  const host = await startGateway(t, { args: ['--hls-workers', '2', '--ice-server', server.url] });
  const sessions = {};
  for (const number of numbers) {
    ({ session: sessions[number] } = await publishByWhip(t, host, { number }));
    // It stands by for the next.
    await host.logged(/gateway-ready .*worker=1/);
  }
  for (const number of numbers) await playlist(host, plays, { number });
  /** Aborts the worker that is taking up the offer that `send` sends. */
  const crash = async (number, send) => {
    const asked = server.asked();
    const sent = send();
    await asked;
    process.kill(opened(host, number).at(-1), 'SIGABRT');
    return sent;
  };
  return { host, sessions, crash };
}

/** Sound alone, which none of the streams that were answered has. */
const suspect = (t) => camera(t, tracks.opus);

gatewayTest('an offer that crashes its worker ends what that worker has, and nothing else', async (t) => {
  const { host, sessions, crash } = await start(t, '11111', '22222', '33333');
  const { offer } = await suspect(t);
  const response = await crash('44444', () => postOffer(host, offer.sdp, '44444'));
  assert.equal(response.status, 422);
  assert.match(await response.text(), crashed);

  const worker = (number) => opened(host, number)[0];
  const lost = ['11111', '22222', '33333'].filter((number) => worker(number) === worker('44444'));
  assert.deepEqual(lost, ['22222']);
  const gone = () => fetch(sessions['22222'], { method: 'DELETE', headers: { connection: 'close' } });
  assert.equal((await gone()).status, 404, 'the session of what it had is over');
  for (const number of ['11111', '33333']) {
    const before = await playlist(host, plays, { number });
    const later = (text) => segments(text).filter((name) => !before.includes(name)).length >= 3;
    assert.doesNotMatch(await playlist(host, later, { number }), /#EXT-X-DISCONTINUITY\n/);
    assert.equal(opened(host, number).length, 1, `${number} has stayed where it was`);
  }
});

gatewayTest('an offer that has crashed a worker is refused to WHIP clients in words', async (t) => {
  const { host, crash } = await start(t, '11111');
  const { offer } = await suspect(t);
  await crash('44444', () => postOffer(host, offer.sdp, '44444'));
  const again = await postOffer(host, offer.sdp, '44444');
  assert.equal(again.status, 422);
  assert.match(await again.text(), crashed);
  // With other ICE credentials, another certificate and other SSRCs.
  const { offer: alike } = await suspect(t);
  const refused = await postOffer(host, alike.sdp, '55555');
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), crashed);
  await publishByWhip(t, host, { number: '44444' });
  await playlist(host, plays, { number: '44444' });
  assert.equal(host.output.err.match(/gateway-end /g).length, 1, 'there was no other crash');
});

gatewayTest('an offer that has crashed a worker is refused to clients of sim in words', async (t) => {
  const { host, crash } = await start(t, '11111');
  const { offer } = await suspect(t);
  const client = await Client.at(host, '/44444');
  const send = async () => client.send({ type: 'offer', sdp: offer, simNumber: '44444' });
  const refused = async () => {
    const error = await client.next('error');
    assert.equal(error.code, 'gateway-crashed');
    assert.match(error.message, crashed);
    assert.equal((await client.next('error')).code, 'gateway-lost');
  };
  await crash('44444', send);
  await refused();
  await send();
  await refused();
  const source = await camera(t);
  client.send({ type: 'offer', sdp: source.offer, simNumber: '44444' });
  source.answer((await client.next('answer')).sdp.sdp);
  await playlist(host, plays, { number: '44444' });
  assert.equal(host.output.err.match(/gateway-end /g).length, 1, 'there was no other crash');
});
