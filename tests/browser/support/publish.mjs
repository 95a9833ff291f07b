import { once } from 'node:events';
import { createServer } from 'node:net';

export const sim = '923244219594';

/** What a browser says of a playlist that is not there yet, or not any more. */
export const noPlaylist = /\.m3u8|\.ts\b/;

/** A port at which nothing listens: it was free a moment ago, and systems do not give it out again at once. */
export async function deadPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return String(port);
}

/** What a person does on the page at /publish, and sees there. */
export class PublishTab {
  /** Opens it; `settings` are typed into their fields. */
  static async open(open, { number = sim, settings = {}, devices = true, ...options } = {}) {
    const tab = await open(number ? `/publish/${number}` : '/publish', {
      label: 'the publisher',
      ...options,
    });
    const publisher = new PublishTab(tab);
    await publisher.set(settings);
    if (devices) await tab.page.locator('parley-tile video:not(.hidden)').waitFor();
    return publisher;
  }

  constructor(tab) {
    this.tab = tab;
    this.page = tab.page;
  }

  async set(settings) {
    if (Object.keys(settings).length === 0) return;
    await this.opens('server');
    for (const [label, value] of Object.entries(settings)) await this.page.getByLabel(label).fill(value);
  }

  /** Opens a part that may be behind its title. */
  async opens(part) {
    const details = this.page.locator(`details[data-part=${part}]`);
    if (!(await details.evaluate((element) => element.open))) await details.locator('> summary').click();
  }

  async start() {
    await this.page.getByRole('button', { name: 'Start streaming' }).click();
  }

  async stop() {
    await this.page.getByRole('button', { name: 'Stop' }).click();
  }

  /** Waits until a status says this. */
  async says(status, title) {
    const words = this.page.locator(`[data-status=${status}] strong`);
    await words.getByText(title, { exact: true }).waitFor();
  }

  async test() {
    await this.opens('server');
    await this.page.getByRole('button', { name: 'Test', exact: true }).click();
  }

  /** Waits until a check has this result; returns its words. */
  async result(check, state) {
    const item = this.page.locator(`[data-check=${check}][data-state=${state}]`);
    await item.waitFor();
    return (await item.locator('p').allTextContents()).join(' ');
  }

  /** The types of what went over the line, oldest first. */
  async log() {
    await this.opens('debug');
    const titles = await this.page.locator('.log .title').allTextContents();
    return titles.map((title) => title.trim().replace(/\s+/g, ' ')).reverse();
  }
}

/** Somebody whose stream is on its way to the media gateway. */
export async function publish(stage) {
  const publisher = await PublishTab.open(stage.open);
  publisher.tab.expectProblem(noPlaylist);
  await publisher.start();
  await publisher.says('streaming', 'Streaming');
  return publisher;
}
