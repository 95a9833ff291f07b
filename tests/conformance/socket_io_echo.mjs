// Starts the echo server of tests/conformance/socket_io_echo on a free port, for one test.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = 'tests/conformance/socket_io_echo/parley_socket_io_echo';

function binary() {
  const candidates = [
    process.env.PARLEY_ECHO_BIN,
    join(root, 'build/release', program),
    join(root, 'build/debug', program),
  ];
  const found = candidates.find((path) => path && existsSync(path));
  if (!found)
    throw new Error(
      'There is no echo server to test. Build parley_socket_io_echo, or name it in PARLEY_ECHO_BIN.',
    );
  return found;
}

/** An echo server that listens; `options` go to its command line. Ends with the test. */
export async function startEcho(t, options = {}) {
  const args = Object.entries({ port: 0, ...options }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const child = spawn(binary(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  const end = (signal) => {
    child.kill(signal);
    return ended;
  };
  t.after(() => end('SIGKILL'));
  const port = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (data) => {
      const line = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec((out += data));
      if (line) resolve(Number(line[1]));
    });
    ended.then(({ code }) => reject(new Error(`the echo server ended with ${code}`)));
  });
  return { port, end, url: `http://127.0.0.1:${port}`, socketUrl: `ws://127.0.0.1:${port}` };
}
