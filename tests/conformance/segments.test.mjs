// Segments of a stream as bytes: whole and in part, plain and by TLS, to whoever reads as fast or as slowly as it will.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent as PlainAgent, get } from 'node:http';
import { Agent as TlsAgent, get as getByTls } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificate } from './certificates.mjs';
import { gatewayTest, sim, startGateway } from './hls_host.mjs';
import { temporaryFolder } from './host.mjs';

const name = '1-1700000000000-0.ts';
/** Larger than what the kernel takes of it at once, and none of its pieces is like another. */
const segment = Buffer.from(Uint32Array.from({ length: 1_000_000 }, (_, i) => i).buffer);

/** The status and the body, `pause` ms after each piece of it. */
async function read(tls, agent, url, { range, pause } = {}) {
  const response = await new Promise((resolve, reject) =>
    (tls ? getByTls : get)(url, { agent, headers: range ? { Range: range } : {} }, resolve).on(
      'error',
      reject,
    ),
  );
  const pieces = [];
  for await (const piece of response) {
    pieces.push(piece);
    if (pause) await delay(pause);
  }
  return { status: response.statusCode, body: Buffer.concat(pieces) };
}

for (const tls of [false, true]) {
  gatewayTest(`a segment is what is in its file, ${tls ? 'by TLS' : 'without TLS'}`, async (t) => {
    const folder = temporaryFolder(t);
    const certificate = tls ? makeCertificate(temporaryFolder(t), 'a.test') : [];
    const host = await startGateway(t, {
      listen: `127.0.0.1:0${tls ? 's' : ''}`,
      args: ['--hls-dir', folder, ...certificate],
    });
    mkdirSync(join(folder, sim));
    writeFileSync(join(folder, sim, name), segment);
    const agent = tls
      ? new TlsAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
      : new PlainAgent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const fetched = (options) =>
      read(tls, agent, `http${tls ? 's' : ''}://127.0.0.1:${host.port}/${sim}/${name}`, options);

    for (const options of [{}, { pause: 2 }]) {
      const { status, body } = await fetched(options);
      assert.equal(status, 200);
      assert.ok(body.equals(segment), 'the whole');
    }
    const part = await fetched({ range: 'bytes=1000001-3000000' });
    assert.equal(part.status, 206);
    assert.ok(part.body.equals(segment.subarray(1_000_001, 3_000_001)), 'a part');
    const last = await fetched({ range: 'bytes=-1' });
    assert.ok(last.body.equals(segment.subarray(-1)), 'the last byte');
  });
}
