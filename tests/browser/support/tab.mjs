import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { moves, sounds, watchFrames } from './media.mjs';

/** Nothing in a test takes longer than this when it works, on two busy cores. */
export const patienceMs = 20_000;
const lookEveryMs = 50;

/** Runs in each page before its scripts: lets a test ask which connections a page has ever made. */
function rememberConnections() {
  const all = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      all.push(this);
    }
  };
  Object.defineProperty(window, 'allConnections', { value: all });
}

/** One tab: what a person sees, hears and does in it. */
export class Tab {
  console = [];
  #complaints = [];
  #expected = [];
  #downloads = new Set();
  #downloaded = new Set();

  static async open(context, url, label) {
    const page = await context.newPage();
    const tab = new Tab(page, label);
    await page.addInitScript(rememberConnections);
    await page.goto(url);
    return tab;
  }

  constructor(page, label) {
    this.page = page;
    this.label = label;
    page.setDefaultTimeout(patienceMs);
    page.on('console', (message) => {
      const line = `${message.type()}: ${message.text()} (${message.location().url})`;
      this.console.push(line);
      if (message.type() === 'error') this.#complaints.push(line);
    });
    // A document's own navigation is awaited by whoever asked for it.
    const isPart = (request) => ['script', 'stylesheet', 'image', 'font'].includes(request.resourceType());
    page.on('request', (request) => isPart(request) && this.#downloads.add(request));
    const over = (request) => {
      this.#downloads.delete(request);
      this.#downloaded.add(new URL(request.url()).pathname.replace(/\..*/, ''));
    };
    page.on('requestfinished', over);
    page.on('requestfailed', over);
    page.on('pageerror', (error) => {
      this.console.push(`uncaught: ${error.stack}`);
      this.#complaints.push(`uncaught: ${error}`);
    });
  }

  /** Complaints of the browser that match are part of the test. */
  expectProblem(pattern) {
    this.#expected.push(pattern);
  }

  /** What else the browser had to complain of: errors in its console, breaches of the page's policy among them. */
  get problems() {
    return this.#complaints.filter((line) => !this.#expected.some((pattern) => pattern.test(line)));
  }

  /**
   * Waits until the page is complete, with what a room's page loads a second after its start: whoever takes the
   * host away now interrupts no download.
   */
  async loaded() {
    const later = () =>
      /^\/r\//.test(new URL(this.page.url()).pathname) && !this.#downloaded.has('/assets/bar');
    await this.#within(async (signal) => {
      while (!signal.aborted && !this.page.isClosed() && (later() || this.#downloads.size > 0))
        await setTimeout(lookEveryMs);
    }, `${this.label} has loaded its page`);
  }

  // What is on the screen.

  /** The tile of a person, as a screen reader finds it. */
  tile(name) {
    return this.page.locator('parley-tile[data-kind=person]').filter({
      has: this.page.getByLabel(`Camera of ${name}`, { exact: true }),
    });
  }

  screenTile(name) {
    return this.page.locator('parley-tile[data-kind=screen]').filter({
      has: this.page.getByLabel(`Screen of ${name}`, { exact: true }),
    });
  }

  button(name) {
    return this.page.getByRole('button', { name });
  }

  /** Waits for the moving picture of a person; returns its size. */
  async sees(name) {
    return this.shows(this.tile(name).locator('video'), `${this.label} sees ${name} move`);
  }

  async seesScreenOf(name) {
    return this.shows(this.screenTile(name).locator('video'), `${this.label} sees the screen of ${name}`);
  }

  /** Waits until a video on the page shows something that moves. */
  async shows(video, words = `${this.label} sees something move`) {
    return this.#within(async () => {
      await video.waitFor({ state: 'visible' });
      return video.evaluate(moves);
    }, words);
  }

  /** Waits until the sound of a person is played and is not silent. */
  async hears(name) {
    return this.plays(this.tile(name).locator('audio'), `${this.label} hears ${name}`);
  }

  async plays(audio, words = `${this.label} hears something`) {
    return this.#within(() => audio.evaluate(sounds), words);
  }

  async meets(...names) {
    for (const name of names) {
      await this.sees(name);
      await this.hears(name);
    }
  }

  /** Starts to watch a person's picture; ask the result for the longest pause in it, in milliseconds. */
  watch(name) {
    return this.#watch(this.tile(name));
  }

  /** Likewise this person's own picture, which comes over no connection. */
  watchSelf() {
    return this.#watch(this.page.locator('parley-tile[data-self][data-kind=person]'));
  }

  async #watch(tile) {
    const handle = await tile.locator('video').evaluateHandle(watchFrames);
    return () => handle.evaluate((watch) => watch.report());
  }

  async says(text) {
    const field = this.page.getByLabel('Message to everyone');
    if (!(await field.isVisible())) await this.button('Chat').first().click();
    await field.fill(text);
    await field.press('Enter');
  }

  async reads(text) {
    if (!(await this.page.getByRole('log').isVisible())) await this.button('Chat').first().click();
    const message = this.page.getByRole('log').getByText(text, { exact: true });
    await this.#within(() => message.waitFor(), `${this.label} reads "${text}"`);
  }

  // What is behind it.

  /** Of the room this tab is in, or null. */
  snapshot() {
    return this.page.evaluate(() => {
      const within = document.querySelector('parley-people')?.shadowRoot ?? document;
      return within.querySelector('parley-room')?.session?.snapshot() ?? null;
    });
  }

  /** Waits for a snapshot of which `predicate` is true; returns it. */
  until(words, predicate) {
    const look = async (signal) => {
      while (!signal.aborted) {
        const snapshot = await this.snapshot();
        if (snapshot && predicate(snapshot)) return snapshot;
        await setTimeout(lookEveryMs);
      }
    };
    return this.#within(look, `${this.label}: ${words}`);
  }

  /** Waits until these people, and no one else, are here and connected. */
  isWith(...names) {
    const expected = names.toSorted().join();
    return this.until(
      `is connected with ${expected || 'nobody'}`,
      ({ signaling, peers }) =>
        signaling === 'joined' &&
        peers
          .map((peer) => peer.name || peer.id)
          .sort()
          .join() === expected &&
        peers.every(
          ({ state, channelOpen, dialect, away }) =>
            state === 'connected' && (channelOpen || dialect !== 'parley') && !away,
        ),
    );
  }

  /** What this tab's page has made and not closed, by state. */
  openConnections() {
    return this.page.evaluate(() =>
      window.allConnections.map((pc) => pc.connectionState).filter((state) => state !== 'closed'),
    );
  }

  /** Fails with what this tab knew when `action` took too long. */
  async #within(action, words) {
    const controller = new AbortController();
    const late = setTimeout(patienceMs, null, { ref: false, signal: controller.signal }).then(() => {
      throw new Error(`took more than ${patienceMs / 1000} s`);
    });
    const done = action(controller.signal);
    try {
      return await Promise.race([done, late]);
    } catch (error) {
      const snapshot = await this.snapshot().catch(() => null);
      assert.fail(
        `${words}: ${error.message}\nThe room as ${this.label} knows it: ${JSON.stringify(snapshot)}`,
      );
    } finally {
      // Whichever of the two is still under way ends unheard.
      for (const promise of [done, late]) promise.catch(() => undefined);
      controller.abort();
    }
  }
}
