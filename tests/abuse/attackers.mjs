// Attackers are a process of their own, with less priority than all others: what they do to the machine is not to count
// as what they do to the host. `attacks/` has what they do.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./attacker.mjs', import.meta.url));

export class Attackers {
  #child;
  #exited;

  /** `[file, name]` of an attack, and its options. They end with the test at the latest. */
  constructor(t, port, [file, name], options = {}) {
    this.#child = fork(program, [file, name], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#exited = new Promise((resolve) => this.#child.once('exit', resolve));
    const heard = new Map();
    this.#child.on('message', ({ event, report }) => heard.get(event)?.(report));
    const once = (event) =>
      new Promise((resolve, reject) => {
        heard.set(event, resolve);
        this.#exited.then((code) => reject(new Error(`the attackers ended with ${code} before ${event}`)));
      });
    /** All of them are there and do what they came for. */
    this.underway = once('underway');
    /** They have done it; what they saw. */
    this.over = once('over');
    for (const event of [this.underway, this.over]) event.catch(() => {});
    this.#child.send({ port, options });
    t.after(() => this.end());
  }

  /** Cuts all of their connections. */
  async end() {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
