// Starts the real binary on a free port, for one test, with a small web folder of its own.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** PARLEY_BIN, or what was built last: the product, or the release preset. */
export function binary() {
  const candidates = [
    process.env.PARLEY_BIN,
    join(root, 'build/dist/bin/parley'),
    join(root, 'build/release/host/parley'),
  ];
  const found = candidates.find((path) => path && existsSync(path));
  if (!found)
    throw new Error('There is no host to test. Build it with ./dev build, or name it in PARLEY_BIN.');
  return found;
}

/** A folder that is removed after the test. */
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

function environment(extra) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PARLEY_') && name !== 'PORT',
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

// A test run that is stopped takes its hosts along.
const running = new Set();
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1));
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/**
 * Runs the binary; what it says and how it ends. Its log may go to another descriptor than one that is read here.
 */
export function run(args, env = {}, program = binary(), { log = 'pipe' } = {}) {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', log],
    env: environment(env),
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  const output = { out: '', err: '' };
  child.stdout.on('data', (data) => (output.out += data));
  child.stderr?.on('data', (data) => (output.err += data));
  const ended = new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, ...output })),
  );
  return { child, ended, output };
}

/** Bytes, by the field of proc_pid_status(5). */
function memoryOf(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
}

/** Where a process listens: of proc_pid_net(5), the sockets in state LISTEN that it has open. */
function listeningPorts(pid) {
  const open = new Set();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const [, inode] = /^socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
    if (inode) open.add(inode);
  }
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && open.has(fields[9]))
    .map((fields) => parseInt(fields[1].split(':')[1], 16));
}

/** The host says in one sentence why it does not start, with exit code 2. */
export async function refusesToStart(args, sentence, env) {
  const { code, err } = await run(args, env).ended;
  assert.equal(code, 2, err);
  assert.match(err, sentence);
  assert.equal(err.trim().split('\n').length, 1, err);
}

/** A host that listens. Ends with the test. */
export async function startHost(t, { args = [], env = {}, web, program, log, listen = '127.0.0.1:0' } = {}) {
  if (!web) {
    web = temporaryFolder(t);
    writeFileSync(join(web, 'index.html'), '<!doctype html><title>start</title>');
    writeFileSync(join(web, 'room.html'), '<!doctype html><title>room</title>');
  }
  const started = Date.now();
  const { child, ended, output } = run(
    [
      ...['--listen', listen, '--web', web, '--max-connections', '64', '--log-level', 'debug'],
      ...['--hls', 'off', ...args],
    ],
    env,
    program,
    { log },
  );
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const wantsManager = args.includes('--manager');
  const [port, managerPort] = await new Promise((resolve, reject) => {
    child.stdout.on('data', () => {
      const line = /listening on https?:\/\/127\.0\.0\.1:(\d+)/.exec(output.out);
      const manager = /room manager on http:\/\/127\.0\.0\.1:(\d+)\/api\/v1\n/.exec(output.out);
      if (line && (manager || !wantsManager)) resolve([Number(line[1]), Number(manager?.[1])]);
    });
    ended.then(({ code, err }) => reject(new Error(`the host ended with ${code}: ${err}`)));
  });
  return {
    port,
    managerPort,
    /** Of the room manager, with --manager. */
    managerUrl: `http://127.0.0.1:${managerPort}/api/v1`,
    output,
    ended,
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}/ws`,
    startMilliseconds: Date.now() - started,
    kill: (signal) => child.kill(signal),
    health: async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).json(),
    /** What in the log matches, once it is there. */
    logged: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(output.err);
          if (found) settle(() => resolve(found));
        };
        const missing = setTimeout(
          () => settle(() => reject(new Error(`no ${pattern} in the log:\n${output.err}`))),
          15_000,
        );
        const settle = (how) => {
          clearTimeout(missing);
          child.stderr.off('data', look);
          how();
        };
        child.stderr.on('data', look);
        look();
      }),
    listeningPorts: () => listeningPorts(child.pid),
    /** Bytes of physical memory now, and the most there ever was. */
    memory: () => ({ now: memoryOf(child.pid, 'VmRSS'), peak: memoryOf(child.pid, 'VmHWM') }),
    /** From now on it can have so many bytes of memory more. */
    leaveMemory: (bytes) =>
      execFileSync('prlimit', [`--pid=${child.pid}`, `--as=${memoryOf(child.pid, 'VmSize') + bytes}`]),
    /** What it says, as it says it. */
    log: child.stderr,
    sanitized: /lib[at]san/.test(readFileSync(`/proc/${child.pid}/maps`, 'utf8')),
  };
}
