import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test as nodeTest } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { Host } from './host.mjs';
import { Proxy } from './proxy.mjs';
import { Tab } from './tab.mjs';

const results = fileURLToPath(new URL('../../../test-results/', import.meta.url));
/** Of no machine: what is asked of it, the test answers. */
const secureOrigin = 'https://secure.test';
/** A test that takes longer hangs: node:test then ends it. */
const testMs = 90_000;

/**
 * One file's tests: they share a browser, and each has a host and tabs of its own, which end with it.
 *
 *     const test = suite();
 *     test('two tabs see each other', async ({ join }) => {
 *       const ada = await join('Ada');
 *       …
 *     test('a full room says so', { host: ['--peers-per-room', '2'] }, async ({ join }) => { …
 */
export function suite(devices = 'fake') {
  let browser;
  before(async () => {
    browser = await launch(devices);
  });
  after(() => browser?.close());

  return (name, ...rest) => {
    const [{ host: hostOptions = [] }, run] = rest.length === 2 ? rest : [{}, rest[0]];
    nodeTest(name, { timeout: testMs }, async () => {
      const stage = new Stage(browser, await Host.start(...hostOptions));
      try {
        await run(stage);
        stage.assertNoProblems();
      } catch (error) {
        await stage.leaveTraces(name);
        throw error;
      } finally {
        await stage.close();
      }
    });
  };
}

/** What one test plays on. */
export class Stage {
  tabs = [];
  #browser;
  #contexts = [];
  #endings = [];

  constructor(browser, host) {
    this.#browser = browser;
    this.host = host;
    host.beforeItEnds = () => Promise.all(this.tabs.map((tab) => tab.loaded()));
  }

  /** Another browser's tab, as it were: it shares no storage and no permission with the others. */
  open = async (url, { label = 'the tab', permissions, init, ...options } = {}) => {
    const context = await this.#browser.newContext(options);
    this.#contexts.push(context);
    if (permissions) await context.grantPermissions(permissions);
    if (init) await context.addInitScript(init);
    const tab = await Tab.open(context, new URL(url, this.host.url).href, label);
    this.tabs.push(tab);
    return tab;
  };

  /** Opens a path of the host, or one of these `pages`, as if it came with encryption. */
  openSecurely = async (path, { pages = {}, ...options } = {}) => {
    const tab = await this.open('about:blank', options);
    await tab.page.route(`${secureOrigin}/**`, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      const html = pages[pathname];
      if (html) return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
      const response = await fetch(`${this.host.url}${pathname}${search}`);
      const contentType = response.headers.get('content-type') ?? '';
      const body = Buffer.from(await response.arrayBuffer());
      await route.fulfill({ status: response.status, contentType, body });
    });
    await tab.page.goto(`${secureOrigin}${path}`);
    return tab;
  };

  /** Opens a room's link and is in it, past the lobby. */
  join = async (name, { room = 'otter', at = this.host.url, query = {}, ...options } = {}) => {
    const url = new URL(`/r/${room}`, at);
    url.search = new URLSearchParams({ autojoin: '', name, ...query });
    const tab = await this.open(url, { label: name, ...options });
    await tab.until('joins', (snapshot) => snapshot.signaling === 'joined');
    return tab;
  };

  /** Ends with the test. */
  ending(end) {
    this.#endings.push(end);
  }

  /** A line to the host that the test can cut. */
  proxy = async () => {
    const proxy = await Proxy.start(this.host.port);
    this.#endings.push(() => proxy.stop());
    return proxy;
  };

  /**
   * Somebody else's web site: serves these pages, by their paths, from an origin of its own; returns its URL.
   * `headers` are added to each answer.
   */
  site = async (pages, headers = {}) => {
    const server = createServer((request, response) => {
      const page = pages[new URL(request.url, 'http://site').pathname] ?? '';
      response
        .writeHead(page ? 200 : 204, { 'content-type': 'text/html; charset=utf-8', ...headers })
        .end(page);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#endings.push(async () => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${server.address().port}`;
  };

  assertNoProblems() {
    for (const tab of this.tabs) assert.deepEqual(tab.problems, [], `${tab.label}'s browser complains`);
  }

  /** For whoever looks into a failure: each tab's picture, console and room, and the host's log. */
  async leaveTraces(name) {
    const folder = `${results}${name.replace(/[^\w]+/g, '-').slice(0, 80)}/`;
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}host.log`, this.host.log);
    for (const [index, tab] of this.tabs.entries()) {
      const file = `${folder}${index + 1}-${tab.label.replace(/[^\w]+/g, '-')}`;
      await writeFile(`${file}.log`, tab.console.join('\n'));
      await tab.page.screenshot({ path: `${file}.png`, timeout: 5000 }).catch(() => undefined);
      const snapshot = await tab.snapshot().catch(() => null);
      await writeFile(`${file}.json`, JSON.stringify(snapshot, null, 2));
    }
  }

  async close() {
    this.host.beforeItEnds = undefined;
    await Promise.all(this.#contexts.map((context) => context.close()));
    for (const ending of this.#endings) await ending();
    await this.host.stop();
  }
}
