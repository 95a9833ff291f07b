// Whose pages may use the host: by WebSocket, by polling and by WHIP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusesToStart, startHost } from './host.mjs';
import { RawSocket, upgradeRequest } from './raw_socket.mjs';

/** What each way in answers a page of this origin, which has reached the host under this name. */
async function answers(host, origin, name = `127.0.0.1:${host.port}`) {
  const ask = async (request) => {
    const raw = new RawSocket(host.port);
    await raw.write(request);
    const head = await raw.head();
    raw.destroy();
    return Number(head.slice(9, 12));
  };
  const headers = `Host: ${name}\r\nOrigin: ${origin}\r\n`;
  const upgrade = upgradeRequest.replace(/Host: [^\r]*\r\n/, headers);
  return {
    socket: await ask(upgrade),
    engine: await ask(upgrade.replace('/ws', '/socket.io/?EIO=4&transport=websocket')),
    polling: await ask(`GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n${headers}\r\n`),
    preflight: await ask(`OPTIONS /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n${headers}\r\n`),
    whip: await ask(`OPTIONS /whip/12345 HTTP/1.1\r\n${headers}\r\n`),
  };
}

const welcome = { socket: 101, engine: 101, polling: 200, preflight: 204, whip: 200 };
const refused = { socket: 403, engine: 403, polling: 403, preflight: 403, whip: 403 };

test('pages of the host’s own name and of this machine may use it, and no others', async (t) => {
  const host = await startHost(t);
  assert.deepEqual(await answers(host, `http://127.0.0.1:${host.port}`), welcome);
  assert.deepEqual(await answers(host, 'http://localhost:5173'), welcome);
  assert.deepEqual(await answers(host, 'https://rooms.example', 'rooms.example:8080'), welcome);
  for (const origin of ['https://evil.example', 'https://localhost.evil.example', 'null'])
    assert.deepEqual(await answers(host, origin), refused, origin);
  await host.logged(
    / origin-refused address=127\.0\.0\.1 detail="[^"]*start it with --allow-origin https:\/\/evil/,
  );
  assert.equal((await host.health()).refused['allow-origin'], 15);
});

test('--allow-origin lets in pages of other sites, by name or all', async (t) => {
  const named = await startHost(t, { args: ['--allow-origin', 'https://a.example,https://b.example'] });
  for (const origin of ['https://a.example', 'https://b.example', 'http://localhost'])
    assert.deepEqual(await answers(named, origin), welcome, origin);
  assert.deepEqual(await answers(named, 'https://c.example'), refused);
  const open = await startHost(t, { args: ['--allow-origin', '*'] });
  for (const origin of ['https://c.example', 'null'])
    assert.deepEqual(await answers(open, origin), welcome, origin);
});

test('what is no origin is refused at the start', async () => {
  for (const wrong of ['a.example', 'https://a.example/', 'https://*.example']) {
    await refusesToStart(
      ['--allow-origin', wrong],
      /--allow-origin does not understand "[^"]+": write a scheme and/,
    );
  }
});
