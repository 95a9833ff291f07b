// The host with the real media gateway, and GStreamer's webrtcbin as publisher.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { publisherProgram, Publisher, tracks } from '../hls/publisher.mjs';
import { Client } from './client.mjs';
import { binary, startHost, temporaryFolder } from './host.mjs';

export const sim = '923244219594';
export const sdp = { 'Content-Type': 'application/sdp' };

const missing = [join(dirname(binary()), 'parley-hls'), publisherProgram].filter((path) => !existsSync(path));
export const gatewayTest = (name, body) =>
  test(name, { skip: missing.length > 0 && `${missing.join(', ')} not built`, timeout: 180_000 }, body);

/** Where it keeps its segments goes with the test, even if the host is killed. */
export const startGateway = (t, options = {}) =>
  startHost(t, {
    ...options,
    args: ['--hls', 'on', ...(options.args ?? [])],
    env: { TMPDIR: temporaryFolder(t), ...options.env },
  });

/** Looks until there is something. */
export async function until(look, what, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

export const isAlive = (pid) => existsSync(`/proc/${pid}`);
export const segments = (playlist) => playlist.split('\n').filter((line) => line.endsWith('.ts'));

/** Resolves with the playlist, once it is as `wanted(playlist)` says. */
export const playlist = (host, wanted, { number = sim, channel = 1 } = {}) =>
  until(async () => {
    const response = await fetch(`${host.url}/${number}/${channel}.m3u8`);
    const text = await response.text();
    return response.ok && wanted(text) && text;
  }, `a playlist as ${wanted}`);

export const plays = (text) => segments(text).length >= 2;
export const hasEnded = (text) => text.includes('#EXT-X-ENDLIST');

/** Sends test pictures and sounds, or these chains; ends with the test. */
export async function camera(t, ...chains) {
  const publisher = new Publisher(...(chains.length > 0 ? chains : [tracks.h264, tracks.opus]));
  t.after(() => publisher.end());
  const offer = await new Promise((resolve, reject) => {
    publisher.onSignal = ({ description }) => resolve(description);
    publisher.offer().catch(reject);
  });
  const answer = (text) => publisher.signal({ description: { type: 'answer', sdp: text } });
  return { offer, answer, publisher };
}

export async function publishBySim(t, host) {
  const client = await Client.at(host, `/${sim}`);
  const source = await camera(t);
  client.send({ type: 'offer', sdp: source.offer, simNumber: sim });
  await client.next('joined');
  source.answer((await client.next('answer')).sdp.sdp);
  return client;
}

/** On a connection of its own: the host closes one that was idle for 2 s, maybe just as a POST is on its way. */
export const postOffer = (host, body, number = sim) =>
  fetch(`${host.url}/whip/${number}`, { method: 'POST', headers: { ...sdp, connection: 'close' }, body });

export async function publishByWhip(t, host, { number = sim, written = (offer) => offer } = {}) {
  const source = await camera(t);
  const response = await postOffer(host, written(source.offer.sdp), number);
  const body = await response.text();
  assert.equal(response.status, 201, body);
  assert.equal(response.headers.get('content-type'), 'application/sdp');
  source.answer(body);
  return {
    session: new URL(response.headers.get('location'), host.url).href,
    etag: response.headers.get('etag'),
    answer: body,
    source,
  };
}

/** The first worker's process, once it is ready. */
export const gatewayOf = async (host) => Number((await host.logged(/gateway-ready process=(\d+)/))[1]);

/** All processes that the host has started and that are there. */
export const workersOf = (host) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => statusOf(pid).includes(`\nPPid:\t${host.pid}\n`))
    .map(Number);

/** proc(5); empty once it is gone. */
export function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
