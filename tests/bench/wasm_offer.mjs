// What the core costs in the way of a call: an offer as a browser writes it, from the host's message to what the
// shim is told to do, in WebAssembly under Node.js (the same V8 as Chromium's).

import { World, load, sdp } from '../wasm/module.mjs';
import { judge, printTable } from './report.mjs';

const warmUp = 1_000;
const rounds = 10_000;

/** One negotiation after another with a peer that offers; the times of each step, in microseconds. */
function measure(module, lines) {
  const world = new World(module);
  const ada = world.member().join();
  ada.event({ type: 'peer-joined', peer: { ...ada.describe(), id: 'bob', incarnation: 'page-bob' } });
  world.settle();
  const { session, socket } = ada;
  const { connectionId } = session.snapshot().peers[0];
  // From here on nothing is done but what is measured.
  for (const name of ['on_setRemoteDescription', 'on_setLocalDescription', 'on_sendSocket'])
    ada[name] = () => {};
  // Our own first offer is answered.
  const answer = { type: 'answer', sdp: sdp('first', lines) };
  ada.event({ type: 'signal', from: 'bob', description: answer, link: { connection: 7, negotiation: 1 } });
  world.settle();
  session.remoteDescriptionApplied(++world.now, connectionId);

  let reached = 0;
  ada.on_setRemoteDescription = () => (reached = performance.now());
  const times = { heard: [], answered: [] };
  for (let i = 1; i <= warmUp + rounds; ++i) {
    const message = JSON.stringify({
      type: 'signal',
      seq: 2 + i,
      ack: 2 + i,
      from: 'bob',
      description: { type: 'offer', sdp: sdp(`u${i}`, lines) },
      link: { connection: 7, negotiation: i, slots: { 0: 'microphone', 1: 'camera' } },
    });
    const own = sdp(`v${i}`, lines);
    ada.calls.length = 0;
    reached = 0;

    const begun = performance.now();
    session.socketMessage(begun, socket, message);
    const heard = performance.now();
    session.remoteDescriptionApplied(heard, connectionId);
    session.localDescription(heard, connectionId, 'answer', own, { 0: 'microphone', 1: 'camera' });
    const answered = performance.now();

    if (!reached || ada.called('sendSocket').length !== 1) throw new Error(`Offer ${i} was not answered.`);
    if (i <= warmUp) continue;
    times.heard.push((reached - begun) * 1000);
    times.answered.push((answered - begun) * 1000);
  }
  session.delete();
  return times;
}

const percentile = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))];

export async function run() {
  const module = await load();
  const rows = [];
  let reached = 0;
  for (const lines of [50, 105]) {
    const { heard, answered } = measure(module, lines);
    const size = `${(sdp('u1', lines).length / 1024).toFixed(1)} KB`;
    for (const [what, times] of [
      [`offer of ${size}, to setRemoteDescription`, heard],
      [`offer of ${size}, to the answer sent`, answered],
    ]) {
      rows.push([what, percentile(times, 0.5).toFixed(1), percentile(times, 0.99).toFixed(1)]);
    }
    reached = Math.max(reached, percentile(heard, 0.5));
  }
  printTable(['the core in WebAssembly', 'p50 µs', 'p99 µs'], rows);
  return judge([{ what: 'one offer, handled: p50', atMost: 100, reached, unit: ' µs' }]);
}
