// Who makes room where a host has no descriptors left for those who come.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Client } from './client.mjs';
import { startHost } from './host.mjs';
import { RawSocket } from './raw_socket.mjs';

// The front keeps 64 free for requests: with fewer, each who comes has somebody else make room.
const fewer = 48;
const [ada, bob, eve] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

const makeScarce = ({ pid }) => {
  const open = readdirSync(`/proc/${pid}/fd`).length;
  execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${open + fewer}`]);
};

async function asks(raw) {
  await raw.write('HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  return (await raw.head()).slice(9, 12);
}

/** A connection that the host has, and that has no request under way. */
async function idle(host, localAddress) {
  const raw = new RawSocket(host.port, { localAddress });
  assert.equal(await asks(raw), '200');
  return raw;
}

test('whoever holds most idle connections makes room for others', async (t) => {
  const host = await startHost(t, { args: ['--loops', '2'] });
  const oldest = await idle(host, bob);
  const many = [];
  for (let i = 0; i < 12; ++i) many.push(await idle(host, ada));
  const ended = many.map((raw) => once(raw.socket, 'end'));
  makeScarce(host);
  const come = [];
  for (let i = 0; i < 4; ++i) come.push(await idle(host, eve));
  await Promise.all(ended.slice(0, 4));
  assert.equal(await asks(oldest), '200', 'who has waited longest, and holds one, keeps it');
  for (const raw of [...come, ...many.slice(4)]) assert.equal(await asks(raw), '200');
  [oldest, ...many, ...come].forEach((raw) => raw.destroy());
});

test('an address that has as many connections as it may makes nobody else make room', async (t) => {
  const host = await startHost(t, { args: ['--connections-per-address', '1'] }); // ten from a local address
  const other = await idle(host, bob);
  const held = [];
  for (let i = 0; i < 10; ++i) {
    held.push(await Client.open(host, { localAddress: ada }));
    await held.at(-1).ping();
  }
  makeScarce(host);
  for (let i = 0; i < 30; ++i) {
    const refused = new RawSocket(host.port, { localAddress: ada });
    await refused.end();
  }
  assert.equal(await asks(other), '200');
  assert.equal((await host.health()).refused['connections-per-address'], 30);
  held.forEach((client) => client.cut());
  other.destroy();
});
