import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { after } from 'node:test';
import { suite } from './support/suite.mjs';

// Where the hosts keep their certificate.
process.env.XDG_STATE_HOME = mkdtempSync(path(tmpdir(), 'parley-test-'));
after(() => rmSync(process.env.XDG_STATE_HOME, { recursive: true, force: true }));

const test = suite();

/** Runs in each page before its scripts: lets a test ask where a page has ever opened a socket to. */
function rememberSockets() {
  const all = [];
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...options) {
      super(...options);
      all.push(this.url);
    }
  };
  Object.defineProperty(window, 'allSockets', { value: all });
}

test(
  'two tabs that accept a self-made certificate see and hear each other by HTTPS and WSS',
  { host: ['--lan', '--listen', '127.0.0.1:0s'] },
  async ({ host, join }) => {
    const [at] = /https:\/\/127\.0\.0\.1:\d+/.exec(host.log);
    const options = { at, ignoreHTTPSErrors: true, init: rememberSockets };
    const ada = await join('Ada', options);
    const bob = await join('Bob', options);
    await ada.meets('Bob');
    await bob.meets('Ada');
    for (const { page } of [ada, bob]) {
      const { isSecure, sockets } = await page.evaluate(() => ({
        isSecure: window.isSecureContext,
        sockets: window.allSockets,
      }));
      assert.ok(isSecure);
      assert.deepEqual(sockets, [`${at.replace('https:', 'wss:')}/ws`]);
    }
  },
);
