import { PublishTab, deadPort, sim } from './publish.mjs';
import { SimServer } from './sim-server.mjs';

/** Waits until no check is running any more. */
const tested = (publisher) =>
  publisher.page.waitForFunction(() => {
    const settings = document
      .querySelector('parley-publish')
      .shadowRoot.querySelector('parley-publish-settings').shadowRoot;
    const checks = [...settings.querySelectorAll('[data-check]')];
    return checks.length > 0 && checks.every(({ dataset }) => dataset.state !== 'running');
  });

async function streaming(stage, options) {
  const publisher = await PublishTab.open(stage.open, options);
  const viewer = await stage.join('Ada', { room: sim, permissions: options.permissions });
  await publisher.start();
  await viewer.sees(sim);
  await publisher.page.locator('[data-found=absent]').waitFor();
  return publisher;
}

/** Every state of the page /publish: how to come there. `devices` are those of launch(); `reach` returns a PublishTab. */
export const publishStates = [
  { name: 'new', reach: ({ open }, options) => PublishTab.open(open, { ...options, number: '' }) },
  {
    name: 'wrong number',
    reach: ({ open }, options) => PublishTab.open(open, { ...options, number: '12a' }),
  },
  {
    name: 'camera denied',
    devices: 'guarded',
    reach: async ({ open }, options) => {
      const publisher = await PublishTab.open(open, { ...options, permissions: [], devices: false });
      await publisher.page.getByText('The camera is blocked').waitFor();
      return publisher;
    },
  },
  {
    name: 'test passed',
    reach: async ({ open }, options) => {
      const publisher = await PublishTab.open(open, options);
      await publisher.test();
      await tested(publisher);
      return publisher;
    },
  },
  {
    name: 'test failed',
    reach: async ({ open, site }, options) => {
      const elsewhere = new URL(await site({}));
      const settings = { 'WebSocket port': await deadPort(), 'HTTP port': elsewhere.port };
      const publisher = await PublishTab.open(open, { ...options, settings });
      await publisher.test();
      await tested(publisher);
      return publisher;
    },
  },
  {
    name: 'nobody there',
    reach: async ({ open }, options) => {
      const publisher = await PublishTab.open(open, options);
      await publisher.start();
      await publisher.says('streaming', 'Nobody to stream to');
      return publisher;
    },
  },
  { name: 'streaming', reach: streaming },
  {
    name: 'debug',
    reach: async (stage, options) => {
      const publisher = await streaming(stage, options);
      await publisher.opens('debug');
      await publisher.page.locator('.log summary').first().click();
      await publisher.page.getByText('Round trip').waitFor();
      return publisher;
    },
  },
  {
    name: 'no connection',
    reach: async (stage, options) => {
      const settings = { 'WebSocket port': await deadPort() };
      const publisher = await PublishTab.open(stage.open, { ...options, settings });
      await publisher.start();
      await publisher.says('signaling', 'No connection');
      return publisher;
    },
  },
  {
    name: 'media gateway',
    reach: async (stage, options) => {
      const taker = await stage.open('/', { label: 'the server' });
      const server = await SimServer.start(taker.page);
      stage.ending(() => server.stop());
      const settings = { 'WebSocket port': server.socketPort, 'HTTP port': server.httpPort };
      const publisher = await PublishTab.open(stage.open, { ...options, settings });
      await publisher.start();
      await publisher.says('streaming', 'Streaming');
      await publisher.page.locator('[data-found=playlist]').waitFor();
      return publisher;
    },
  },
];
