import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = process.env.PARLEY_DIST ?? fileURLToPath(new URL('../../../build/dist/', import.meta.url));
/** A host that has not said where it listens by then will not. */
const startMs = 10_000;
/** It promises to be gone 2 s after SIGTERM. */
const stopMs = 4_000;

// A run that is stopped takes its hosts along: 'exit' does not come for a signal that nobody handles.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/** The real host, as a process of its own. */
export class Host {
  #options;
  #process = null;
  #port = 0;
  log = '';
  /** Awaited before it is ended, if there is such a function. */
  beforeItEnds;

  /** Starts one on a free port; `options` are added to its command line. */
  static async start(...options) {
    const host = new Host(options);
    await host.#start();
    return host;
  }

  constructor(options) {
    this.#options = options;
  }

  /** A media gateway is a process more, and takes every publisher: for those tests that ask for it. */
  get #hls() {
    return this.#options.includes('--hls') ? [] : ['--hls', 'off'];
  }

  get port() {
    return this.#port;
  }
  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends it as a crash or a power cut would. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Starts it again on the port it had; with these options, where there are any, instead of its former ones. */
  async restart(...options) {
    if (options.length > 0) this.#options = options;
    await this.#start();
  }

  async stop() {
    await this.#end('SIGTERM');
  }

  async #start() {
    if (!existsSync(`${dist}bin/parley`))
      throw new Error('There is no build/dist/bin/parley. Run ./dev build.');
    const listen = `127.0.0.1:${this.#port}`;
    const child = spawn(
      `${dist}bin/parley`,
      ['--listen', listen, '--web', `${dist}web`, '--max-connections', '64', ...this.#hls, ...this.#options],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#process = child;
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));

    const listening = new Promise((resolve, reject) => {
      const read = (text) => {
        this.log += text;
        const address = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.log.slice(from));
        if (address) resolve(Number(address[1]));
      };
      const from = this.log.length;
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`The host exited with ${code}:\n${this.log}`)));
      setTimeout(
        () => reject(new Error(`The host did not say where it listens:\n${this.log}`)),
        startMs,
      ).unref();
    });
    this.#port = await listening;
  }

  async #end(signal) {
    await this.beforeItEnds?.();
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await exited;
    clearTimeout(late);
  }
}
