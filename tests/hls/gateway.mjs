// A gateway with this test for its host: the real process over the real pipe.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loseWhatComesTooLate } from './child_input.mjs';

const built = process.env.PARLEY_BUILD ?? 'build/release';

/** Resolves with what `look` gives, as soon as that is something; looks again whenever `changed` may have happened. */
export async function until(look, what, seconds = 15) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Otherwise who leaves may come back for 2 s, and each test waits for that. */
const atOnce = ['--rejoin-ms', '0'];

/** A command's beginning: what follows has a disk of that size in that folder, which is gone with it. */
const onDisk = (folder, kiB) => [
  ...['unshare', '--map-root-user', '--mount', 'sh', '-c'],
  'mount -t tmpfs -o "size=$1k" tmpfs "$0" && shift && exec "$@"',
  ...[folder, String(kiB)],
];

export class Gateway {
  #process;
  #exited;
  lines = [];
  #streams = new Map();
  #next = 1;
  log = '';
  #folder;
  #diskKiB;
  #descriptors;

  /** A disk of its own is there in its process's eyes alone (mount_namespaces(7)). */
  get folder() {
    return this.#diskKiB ? `/proc/${this.pid}/root${this.#folder}` : this.#folder;
  }

  /**
   * `diskKiB`: its folder is a disk of its own, of that size, for as long as it runs. `descriptors`: it may open no more
   * files than that.
   */
  static async start(options = [], { diskKiB, descriptors } = {}) {
    const gateway = new Gateway();
    gateway.#descriptors = descriptors;
    gateway.#folder = await mkdtemp(join(tmpdir(), 'parley-hls-'));
    gateway.#diskKiB = diskKiB;
    await gateway.run(options).catch(async (error) => {
      await gateway.remove();
      throw error;
    });
    return gateway;
  }

  async run(options = []) {
    const command = [
      ...(this.#descriptors ? ['sh', '-c', 'ulimit -n "$0" && exec "$@"', String(this.#descriptors)] : []),
      ...(this.#diskKiB ? onDisk(this.#folder, this.#diskKiB) : []),
      `${built}/tests/hls/parley_hls_bridge`,
      ...[`${built}/host/hls/parley-hls`, '--out', this.#folder],
      ...(options.includes('--rejoin-ms') ? options : [...atOnce, ...options]),
    ];
    this.lines = [];
    this.#process = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
    loseWhatComesTooLate(this.#process.stdin);
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      this.log += text;
      if (process.env.PARLEY_TEST_LOG) process.stderr.write(text);
    });
    this.#exited = once(this.#process, 'exit').then(([code, signal]) => {
      this.log += `exit ${code ?? signal}\n`;
      return code ?? signal;
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#hear(line));
    await until(() => this.lines.includes('ready'), 'the gateway is ready');
  }

  get pid() {
    return Number([...this.log.matchAll(/gateway (\d+)/g)].at(-1)[1]);
  }

  say(line) {
    this.#process.stdin.write(`${line}\n`);
  }

  /** Takes a publisher into room `sim`, who comes from `address`. */
  async open(sim, publisher, { address = '127.0.0.1' } = {}) {
    const stream = { number: this.#next++, sim, notices: [], ended: false, seq: 0 };
    this.#streams.set(stream.number, stream);
    this.hand(stream, publisher);
    this.say(`open ${stream.number} ${address} ${sim}`);
    await until(() => stream.joined, 'the gateway joins the room');
    return stream;
  }

  /** What is signaled in this stream goes to and comes from `publisher`. */
  hand(stream, publisher) {
    stream.publisher = publisher;
    publisher.onSignal = (signal) => this.#signal(stream, signal);
  }

  async close(stream, departure = 'left') {
    this.say(`close ${stream.number} ${departure}`);
    await until(() => stream.ended, 'the stream has ended');
    if (departure === 'left') await this.end(stream.sim);
  }

  /** Its playlist, where there is one, says that it is over. */
  async end(sim) {
    await until(async () => {
      const text = await this.playlist(sim);
      return text === '' || text.endsWith('#EXT-X-ENDLIST\n');
    }, 'the playlist ends');
  }

  #signal(stream, signal) {
    const message = { type: 'signal', seq: ++stream.seq, from: stream.sim, ...signal };
    this.say(`text ${stream.number} ${JSON.stringify(message)}`);
  }

  #hear(line) {
    this.lines.push(line);
    if (process.env.PARLEY_TEST_LOG) console.error(line.replaceAll('\\r\\n', '\n'));
    const [, word, number, rest] = /^(\S+)(?: (\d+))?(?: (.*))?$/.exec(line);
    const stream = this.#streams.get(Number(number));
    if (!stream) return;
    if (word === 'connect') this.say(`connected ${number}`);
    if (word === 'notice') stream.notices.push({ code: rest.split(' ')[0], sentence: rest });
    if (word === 'ended') stream.ended = true;
    if (word === 'text') this.#text(stream, JSON.parse(rest));
  }

  #text(stream, message) {
    if (message.type === 'join') {
      const peer = {
        id: stream.sim,
        name: '',
        meta: {},
        incarnation: 'p',
        dialect: 'sim',
        away: false,
        offers: true,
      };
      const joined = {
        type: 'joined',
        room: stream.sim,
        self: 'hls',
        session: 's',
        resumed: false,
        ack: 0,
        peers: [peer],
        iceServers: [],
        limits: { peers: 16, messageBytes: 65536, resumeSeconds: 30, heartbeatSeconds: 15 },
      };
      this.say(`text ${stream.number} ${JSON.stringify(joined)}`);
      stream.joined = true;
    }
    if (message.type === 'signal' && message.description?.type === 'answer') stream.answer = message;
    if (message.type === 'signal' && message.description?.type !== 'offer') stream.publisher.signal(message);
    if (message.type === 'ping') this.say(`text ${stream.number} {"type":"pong","ack":0}`);
  }

  playlistFile(sim, channel = 1) {
    return join(this.folder, sim, `${channel}.m3u8`);
  }

  async playlist(sim, channel = 1) {
    const text = await readFile(this.playlistFile(sim, channel), 'utf8').catch(() => '');
    return text;
  }

  /** The playlist's text once it lists `count` segments that it listed none of `before`. */
  async segments(sim, count, { channel = 1, seconds = 20, after = '' } = {}) {
    return until(
      async () => {
        const text = await this.playlist(sim, channel);
        return names(text).filter((name) => !after.includes(name)).length >= count && text;
      },
      `${count} segments of ${sim}/${channel}`,
      seconds,
    );
  }

  /** One for each SIM number. */
  async folders() {
    return readdir(this.folder);
  }

  async files(sim) {
    return readdir(join(this.folder, sim)).catch(() => []);
  }

  /** As the host does: closes the pipe. Resolves with the exit code, or the signal that ended it. */
  async stop() {
    this.#process.stdin.end();
    return this.exited();
  }

  async exited() {
    return this.#exited;
  }

  async remove() {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export const names = (playlist) => playlist.split('\n').filter((line) => line.endsWith('.ts'));

export const durations = (playlist) =>
  [...playlist.matchAll(/#EXTINF:([\d.]+),/g)].map(([, seconds]) => Number(seconds));
