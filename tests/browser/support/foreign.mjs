import { readFile } from 'node:fs/promises';

/** Each has a page as a reader of its document writes it, which knows nothing of Parley. */
const dialects = ['fastapi', 'serverpod', 'sim', 'calls', 'socketio'];

const folder = new URL('../dialects/', import.meta.url);
/** What the pages load: the stock client, as its package has it. */
const socketIo = new URL('../../../node_modules/socket.io-client/dist/socket.io.js', import.meta.url);

/** A web site with all of them; opens one there, in a tab of its own. */
export async function foreignSite({ host, open, site }) {
  const read = (name) => readFile(new URL(name, folder), 'utf8');
  const page = async (dialect) => [`/${dialect}`, await read(`${dialect}.html`)];
  const pages = Object.fromEntries(await Promise.all(dialects.map(page)));
  const scripts = { '/page.js': await read('page.js'), '/socket.io.js': await readFile(socketIo, 'utf8') };
  const url = await site({ ...pages, ...scripts });
  return async (dialect, { me, room = 'otter', ...query }) => {
    const address = new URL(dialect, url);
    address.search = new URLSearchParams({ host: host.url.replace(/^http/, 'ws'), room, me, ...query });
    return new Foreign(await open(address.href, { label: me }), me);
  };
}

/** One member of a room that speaks another protocol. */
class Foreign {
  constructor(tab, name) {
    this.tab = tab;
    this.name = name;
  }

  /** Waits until the host has said that it is in. */
  async joins() {
    const welcome = ['existing_peers', 'peers_list', 'joined', 'registered', 'room_joined'];
    await this.hears(...welcome);
    return this;
  }

  /** Waits for a message of one of these types. */
  async hears(...types) {
    await this.tab.page.waitForFunction(
      (wanted) => log.some(({ by, message }) => by === 'server' && wanted.includes(message.type)),
      types,
    );
  }

  /** Waits for the picture and the sound of the only other member that it shows, or of this one. */
  async meets(id) {
    const remotes = this.tab.page.locator('#remotes');
    const video = id ? remotes.getByTitle(id, { exact: true }) : remotes.locator('video');
    await this.tab.shows(video, `${this.name} sees ${id ?? 'the other'} move`);
    await this.tab.plays(video, `${this.name} hears ${id ?? 'the other'}`);
  }

  /** Waits until this member's picture is gone. */
  async loses(id) {
    await this.tab.page.locator('#remotes').getByTitle(id, { exact: true }).waitFor({ state: 'detached' });
  }

  /** How many offers it has made, and how many the host has brought it. */
  offers() {
    return this.tab.page.evaluate(() => {
      const offers = log.filter(({ message }) => /offer$/.test(message.type));
      const made = offers.filter(({ by }) => by === 'me').length;
      return { made, heard: offers.length - made };
    });
  }

  /** How long after its joining the first offer came, in milliseconds. */
  offerTook() {
    return this.tab.page.evaluate(() => {
      const offer = log.find(({ by, message }) => by === 'server' && /offer$/.test(message.type));
      return offer.at - log[0].at;
    });
  }

  /** As its document has it. */
  leaves() {
    return this.tab.page.evaluate(() => leave());
  }
}
