import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const preferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  // Addresses of this machine as they are: there is no mDNS here to find them by a name.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.peerconnection.ice.loopback': true,
  'media.gmp-manager.updateEnabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
};

/** Debian's Firefox, without a window and with a fake camera and microphone: one page, driven by WebDriver BiDi. */
export class Firefox {
  #process;
  #profile;
  #socket;
  #replies = new Map();
  #commands = 0;
  #page;

  static async open(url) {
    const firefox = new Firefox();
    try {
      await firefox.#launch();
      await firefox.#do('browsingContext.navigate', { context: firefox.#page, url, wait: 'complete' });
      return firefox;
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  /** What this function returns in the page, or what its promise resolves to: a string, a number or a boolean. */
  async evaluate(action) {
    const { type, result, exceptionDetails } = await this.#do('script.evaluate', {
      expression: `(${action})()`,
      target: { context: this.#page },
      awaitPromise: true,
    });
    if (type === 'exception') throw new Error(exceptionDetails.text);
    return result.value;
  }

  async close() {
    this.#socket?.close();
    if (this.#process?.exitCode === null) {
      const gone = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await gone;
    }
    if (this.#profile) await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #launch() {
    this.#profile = await mkdtemp(join(tmpdir(), 'parley-firefox-'));
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
    );
    await writeFile(join(this.#profile, 'user.js'), lines.join('\n'));
    const program = process.env.PARLEY_FIREFOX ?? 'firefox-esr';
    const options = ['--headless', '--no-remote', '--profile', this.#profile, '--remote-debugging-port', '0'];
    this.#process = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#socket = new WebSocket(`${await this.#address()}/session`);
    this.#socket.on('message', (data) => this.#hear(JSON.parse(data)));
    await once(this.#socket, 'open');
    await this.#do('session.new', { capabilities: {} });
    const { contexts } = await this.#do('browsingContext.getTree', {});
    this.#page = contexts[0].context;
  }

  async #address() {
    for await (const line of createInterface({ input: this.#process.stderr })) {
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
      if (!found) continue;
      this.#process.stderr.resume();
      return found[1];
    }
    throw new Error('Firefox has ended');
  }

  #do(method, params) {
    const id = ++this.#commands;
    return new Promise((resolve, reject) => {
      this.#replies.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #hear({ id, result, message }) {
    const reply = this.#replies.get(id);
    if (!reply) return;
    this.#replies.delete(id);
    if (result) reply.resolve(result);
    else reply.reject(new Error(message));
  }
}
