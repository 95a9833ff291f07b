// Asks /healthz all the while, each time on a connection of its own, as whoever supervises a host does.
import * as http from 'node:http';
import * as https from 'node:https';

const pause = 50;
/** Who has no answer by then is told none. */
const patience = 5_000;

export function ask(host) {
  const { get } = host.secure ? https : http;
  const { port, options } = host;
  return new Promise((resolve, reject) => {
    const asked = get(
      { ...options, host: '127.0.0.1', port, path: '/healthz', agent: false, timeout: patience },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => (text += part));
        answer.on('error', reject).on('end', () => resolve({ status: answer.statusCode, text }));
      },
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patience} ms`)));
    asked.on('error', reject);
  });
}

export class HealthWatch {
  #turn = Promise.resolve();
  #timer;
  #watching = false;

  constructor(t, host) {
    this.host = host;
    t.after(() => this.stop());
  }

  start() {
    this.slowest = 0;
    this.answers = 0;
    this.failures = [];
    this.#watching = true;
    this.#next();
  }

  /** Once the last answer is there. */
  async stop() {
    this.#watching = false;
    clearTimeout(this.#timer);
    await this.#turn;
    return { slowest: this.slowest, answers: this.answers, failures: this.failures };
  }

  #next() {
    this.#turn = this.#ask().then(() => {
      if (this.#watching) this.#timer = setTimeout(() => this.#next(), pause);
    });
  }

  async #ask() {
    const asked = performance.now();
    try {
      const { status, text } = await ask(this.host);
      ++this.answers;
      if (status !== 200) this.failures.push(`${status} ${text.slice(0, 100)}`);
    } catch (error) {
      this.failures.push(error.message);
    }
    this.slowest = Math.max(this.slowest, performance.now() - asked);
  }
}
