// What the dialect and the hub add to a relayed offer, without sockets, threads and locks.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export async function run() {
  const program = fileURLToPath(new URL('../../build/release/tests/bench/hub_relay', import.meta.url));
  return spawnSync(program, { stdio: 'inherit' }).status === 0;
}
