// Debian's Firefox, without a window, by WebDriver BiDi (w3.org/TR/webdriver-bidi).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** A fake camera and microphone, which every page may use; and nothing is asked of the network. */
const preferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.gmp-manager.updateEnabled': false,
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};

export class Firefox {
  #process;
  #socket;
  #profile;
  #calls = new Map();
  #latest = 0;
  #context;

  static async open(url) {
    const firefox = new Firefox();
    try {
      await firefox.#start();
      await firefox.#call('browsingContext.navigate', { context: firefox.#context, url, wait: 'complete' });
      return firefox;
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  async #start() {
    this.#profile = await mkdtemp(join(tmpdir(), 'parley-firefox-'));
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    await writeFile(join(this.#profile, 'user.js'), lines.join('\n'));
    this.#process = spawn(
      process.env.PARLEY_FIREFOX ?? 'firefox-esr',
      ['--headless', '--no-remote', '--profile', this.#profile, '--remote-debugging-port', '0'],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: this.#profile } },
    );
    const killWithUs = () => this.#process.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.#process.once('exit', () => process.off('exit', killWithUs));
    const address = await new Promise((resolve, reject) => {
      this.#process.once('exit', (code) => reject(new Error(`Firefox has ended: ${code}`)));
      createInterface({ input: this.#process.stderr }).on('line', (line) => {
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
        if (found) resolve(found[1]);
      });
    });
    this.#socket = new WebSocket(`${address}/session`);
    this.#socket.on('message', (text) => this.#hear(JSON.parse(text)));
    await once(this.#socket, 'open');
    await this.#call('session.new', { capabilities: {} });
    const { contexts } = await this.#call('browsingContext.getTree', {});
    this.#context = contexts[0].context;
  }

  #hear({ id, type, result, error, message }) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (type === 'success') call?.resolve(result);
    else call?.reject(new Error(`${error}: ${message}`));
  }

  #call(method, params) {
    const id = ++this.#latest;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** As Playwright's: what `run` gives of `argument` in the page. */
  async evaluate(run, argument) {
    const { type, result, exceptionDetails } = await this.#call('script.callFunction', {
      functionDeclaration: `async (text) => JSON.stringify((await (${run})(JSON.parse(text))) ?? null)`,
      arguments: [{ type: 'string', value: JSON.stringify(argument ?? null) }],
      awaitPromise: true,
      target: { context: this.#context },
    });
    if (type === 'exception') throw new Error(exceptionDetails.text);
    return JSON.parse(result.value);
  }

  async close() {
    this.#socket?.terminate();
    const browser = this.#process;
    if (browser?.exitCode === null && browser.signalCode === null) {
      browser.kill('SIGTERM');
      await once(browser, 'exit');
    }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }
}
