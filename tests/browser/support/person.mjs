import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Runs in each page before its scripts: lets a test ask what goes to the loudspeakers from the page's audio graphs. */
function listenAtTheSpeakers() {
  const ears = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...ports) {
    if (to instanceof AudioDestinationNode) {
      const ear = new AnalyserNode(this.context, { fftSize: 2048 });
      connect.call(this, ear);
      ears.push(ear);
    }
    return connect.call(this, to, ...ports);
  };
  const peak = (ear) => {
    if (ear.context.state !== 'running') return 0;
    const samples = new Float32Array(ear.fftSize);
    ear.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };
  window.speakers = {
    /** Of the latest 40 ms, 0 to 1. */
    loudness: () => Math.max(0, ...ears.map(peak)),
    rest: () => ears.every(({ context }) => context.state === 'suspended'),
  };
}

/** Opens /people under a name, and is online. */
export function people({ open }) {
  return async (name, options) => {
    const person = await visitor(open, name, options);
    await person.goesOnline();
    return person;
  };
}

/** Opens /people, and has not gone online yet; with `clock`, the page's clock is the test's to move on. */
export async function visitor(open, name, { clock = false, init = '', path = '/people', ...options } = {}) {
  const script = `(${listenAtTheSpeakers})();${init}`;
  const tab = await open(path, { label: name, init: { content: script }, ...options });
  if (clock) {
    await tab.page.clock.install();
    await tab.page.reload();
  }
  return new Person(tab, name);
}

/** Somebody who is online without a page, by the calls dialect; closing the socket is going offline. */
export async function user(host, username, id = username) {
  const socket = new WebSocket(host.url.replace(/^http/, 'ws'));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'register', username, user_id: id }));
  await once(socket, 'message');
  return socket;
}

/** Somebody in front of /people. */
class Person {
  constructor(tab, name) {
    this.tab = tab;
    this.name = name;
    this.page = tab.page;
  }

  async goesOnline(name = this.name) {
    await this.page.getByLabel('Your name').fill(name);
    await this.tab.button('Go online').click();
    await this.isIn('online');
  }

  async goesOffline() {
    await this.tab.button('Go offline').click();
    await this.isIn('offline');
  }

  /** Waits for a phase of the page: offline, online, incoming, outgoing, accepted. */
  async isIn(phase) {
    await this.page.locator(`parley-people[data-phase=${phase}]`).waitFor();
  }

  /** Waits until this person can be called. */
  async finds(name) {
    await this.#callOf(name).waitFor();
  }

  /** Waits until nobody of this name is online. */
  async misses(name) {
    await this.#callOf(name).waitFor({ state: 'detached' });
  }

  /** Calls somebody who may answer at once. */
  async dials(name) {
    await this.#callOf(name).click();
  }

  /** Calls at this instant of the wall clock, as nearly as a machine can. */
  async dialsAt(name, at) {
    await this.#callOf(name).evaluate((button, instant) => {
      while (Date.now() < instant) continue;
      button.click();
    }, at);
  }

  /** Calls somebody, and waits until it rings there. */
  async calls(name) {
    await this.dials(name);
    await this.page.getByRole('alertdialog', { name }).getByText('Ringing').waitFor();
  }

  /** Waits until it rings. */
  async isCalledBy(name) {
    await this.page.getByRole('alertdialog', { name }).getByText('is calling you').waitFor();
  }

  accepts() {
    return this.tab.button('Accept').click();
  }

  rejects() {
    return this.tab.button('Reject').click();
  }

  cancels() {
    return this.tab.button('Cancel').click();
  }

  async hangsUp() {
    await this.tab.button('Leave').click();
  }

  /** Waits for the call with somebody: moving pictures, and sound that is no silence. */
  async meets(name) {
    await this.isIn('accepted');
    await this.tab.meets(name);
  }

  /** Waits until the list is back, with this sentence above it. */
  async reads(sentence) {
    await this.page.getByRole('status').getByText(sentence, { exact: true }).waitFor();
    await this.isIn('online');
  }

  /** Waits until the page itself makes a sound. */
  async rings() {
    await this.page.waitForFunction(() => window.speakers.loudness() > 0.05);
  }

  /** Waits until the page makes none, and keeps no sound card awake for it. */
  async isSilent() {
    await this.page.waitForFunction(() => window.speakers.rest());
  }

  /** Waits until the list says that this one is in a call. */
  async seesInCall(name) {
    await this.#button(`Call ${name}, in a call`).waitFor();
  }

  /** Waits until the list says no longer that this one is in a call. */
  async seesFree(name) {
    await this.#button(`Call ${name}`).waitFor();
  }

  #callOf(name) {
    return this.#button(`Call ${name}`).or(this.#button(`Call ${name}, in a call`));
  }

  #button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }
}
