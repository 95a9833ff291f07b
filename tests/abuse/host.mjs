// The release binary with its default limits, and what the system knows of its process.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../conformance/certificates.mjs';
import { run, temporaryFolder } from '../conformance/host.mjs';

/** Of no interest but that it is far more than the buffers of a connection hold. */
const largeBytes = 4 * 1024 * 1024;
export const largeFile = '/assets/large.0A1B2C3D.js';

function webFolder(t) {
  const web = temporaryFolder(t);
  mkdirSync(join(web, 'assets'));
  for (const page of ['index', 'room', 'people', 'publish', 'watch'])
    writeFileSync(join(web, `${page}.html`), `<!doctype html><title>${page}</title>`);
  writeFileSync(join(web, largeFile), 'x'.repeat(largeBytes));
  return web;
}

/** Ends with the test. Its certificate, where it is to speak TLS, is `a.test` in this folder. */
export async function startHost(t, args, certificates) {
  const secure = certificates !== undefined;
  const { child, ended, output } = run([
    ...['--listen', secure ? '127.0.0.1:0s' : '127.0.0.1:0'],
    ...(secure ? makeCertificate(certificates, 'a.test') : []),
    ...['--web', webFolder(t), '--log-level', 'error'],
    ...args,
  ]);
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const port = await new Promise((resolve, reject) => {
    child.stdout.on('data', () => {
      const line = /listening on https?:\/\/127\.0\.0\.1:(\d+)/.exec(output.out);
      if (line) resolve(Number(line[1]));
    });
    ended.then(({ code, err }) => reject(new Error(`the host ended with ${code}: ${err}`)));
  });
  const kibibytes = (field) =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]);
  return {
    port,
    output,
    secure,
    socketUrl: `${secure ? 'wss' : 'ws'}://127.0.0.1:${port}/ws`,
    /** Of who connects. */
    options: secure ? { rejectUnauthorized: false } : {},
    kill: (signal) => child.kill(signal),
    ended,
    resident: () => kibibytes('VmRSS') * 1024,
    descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length,
    threads: () => readdirSync(`/proc/${child.pid}/task`).length,
    /** User and system time so far. */
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    /** From now on it can have so many bytes of memory more, or so many descriptors. */
    leaveMemory: (bytes) =>
      execFileSync('prlimit', [`--pid=${child.pid}`, `--as=${kibibytes('VmSize') * 1024 + bytes}`]),
    leaveDescriptors: (count) => {
      const open = readdirSync(`/proc/${child.pid}/fd`).length;
      execFileSync('prlimit', [`--pid=${child.pid}`, `--nofile=${open + count}`]);
    },
  };
}
