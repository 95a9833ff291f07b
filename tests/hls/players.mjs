// Players that know nothing of Parley, at a playlist. Each tells how far it has played, and what it complains of.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const hlsJs = readFileSync(
  fileURLToPath(new URL('../../node_modules/hls.js/dist/hls.light.min.js', import.meta.url)),
  'utf8',
);

async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** hls.js as it comes, with its defaults, in a page of `browser`. */
export class HlsJs {
  name = 'hls.js';

  static async open({ browser, url }) {
    const player = new HlsJs();
    const server = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end(`<!doctype html><script>${hlsJs}</script>`),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    player.page = await browser.newPage();
    await player.page.goto(`http://127.0.0.1:${server.address().port}/`);
    server.close();
    await player.page.evaluate((source) => {
      const video = document.body.appendChild(document.createElement('video'));
      video.muted = true;
      window.fatal = [];
      window.video = video;
      const hls = new Hls({ enableWorker: false });
      hls.on(
        Hls.Events.ERROR,
        (_, { fatal, type, details }) => fatal && window.fatal.push(`${type} ${details}`),
      );
      hls.loadSource(source);
      hls.attachMedia(video);
      void video.play();
    }, url);
    return player;
  }

  /** In seconds; both tracks must come that far. */
  played() {
    return this.page.evaluate(() => video.currentTime);
  }

  complaints() {
    return this.page.evaluate(() => (video.ended ? [...window.fatal, 'it has ended'] : window.fatal));
  }

  async close() {
    await this.page.close();
  }
}

/** The page at /watch, which gets over more than hls.js does. */
export class WatchPage {
  name = '/watch';

  static async open({ browser, host, sim }) {
    const player = new WatchPage();
    player.page = await browser.newPage();
    await player.page.goto(`${host.url}/watch/${sim}`);
    player.element = player.page.locator('parley-player');
    return player;
  }

  /** What it says must be true: it plays. */
  async played() {
    const time = await this.element.locator('video').evaluate((video) => video.currentTime);
    return (await this.#state()) === 'playing' ? time : 0;
  }

  #state() {
    return this.element.getAttribute('data-state');
  }

  async complaints() {
    const state = await this.#state();
    return state === 'playing' ? [] : [state];
  }

  async close() {
    await this.page.close();
  }
}

/** Debian's mpv, without a window and a loudspeaker. */
export class Mpv {
  name = 'mpv';
  #time = 0;
  #sound = 0;
  #complaints = [];

  static async open({ url }) {
    const player = new Mpv();
    const socket = join(tmpdir(), `parley-mpv-${process.pid}-${++Mpv.#count}`);
    player.process = spawn(
      'mpv',
      [
        '--no-config',
        '--no-terminal',
        '--vo=null',
        '--ao=null',
        '--idle=no',
        `--input-ipc-server=${socket}`,
        url,
      ],
      { stdio: 'ignore' },
    );
    player.process.once('exit', (code) => player.#complaints.push(`it has ended (${code})`));
    await player.#connect(socket);
    return player;
  }

  static #count = 0;

  async #connect(path) {
    for (;;) {
      const socket = createConnection(path);
      const opened = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      if (!opened) {
        if (this.process.exitCode !== null) throw new Error('mpv has ended');
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      socket.on('error', () => {});
      createInterface({ input: socket }).on('line', (line) => {
        const { event, name, data } = JSON.parse(line);
        if (event !== 'property-change' || typeof data !== 'number') return;
        if (name === 'playback-time') this.#time = data;
        if (name === 'audio-pts') this.#sound = data;
      });
      for (const [id, name] of ['playback-time', 'audio-pts'].entries())
        socket.write(`${JSON.stringify({ command: ['observe_property', id + 1, name] })}\n`);
      return;
    }
  }

  async played() {
    return Math.min(this.#time, this.#sound);
  }

  async complaints() {
    return this.#complaints;
  }

  async close() {
    this.process.removeAllListeners('exit');
    await end(this.process);
  }
}

/** FFmpeg's ffplay, likewise. */
export class FfPlay {
  name = 'ffplay';
  #clock = NaN;
  #drift = NaN;
  #complaints = [];

  static async open({ url }) {
    const player = new FfPlay();
    player.process = spawn('ffplay', ['-hide_banner', '-loglevel', 'error', '-stats', '-autoexit', url], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, SDL_VIDEODRIVER: 'dummy', SDL_AUDIODRIVER: 'dummy' },
    });
    player.process.once('exit', (code) => player.#complaints.push(`it has ended (${code})`));
    player.process.stderr.setEncoding('utf8').on('data', (text) => {
      for (const [, clock, drift] of text.matchAll(/([\d.]+|nan) A-V:\s*([-\d.]+|nan)/g)) {
        player.#clock = Number(clock);
        player.#drift = Number(drift);
      }
    });
    return player;
  }

  /** The sound's clock, where the picture keeps up with it. */
  async played() {
    return this.#clock - Math.max(0, this.#drift);
  }

  async complaints() {
    return this.#complaints;
  }

  async close() {
    this.process.removeAllListeners('exit');
    await end(this.process);
  }
}
