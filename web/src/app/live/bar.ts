import type { ParleyRoomElement } from '../../../types/parley.js';
import { isolate } from '../../element/name.js';
import { isSimNumber } from '../sim-number.js';
import styles from './bar.css';
import type { Live } from './live.js';

/** Where these were built to (web/build.mjs): live.ts is loaded by who goes live, the player where somebody streams. */
declare const liveModule: string, playerModule: string;

const longestSaying = 8_000;

/**
 * *Go live* in a room's head, and a link to everyone's stream who is: members tell each other in their metadata, as
 * `{ live: "9123…" }`. A publisher whose stream is all there is of it has a tile, and the player for it comes from here.
 */
export class LiveBar {
  readonly #element: ParleyRoomElement;
  readonly #bar = document.createElement('span');
  readonly #button = document.createElement('button');
  readonly #links = document.createElement('span');
  readonly #status = document.createElement('span');
  #live: Live | null = null;
  #told = false;
  /** Whether the host has a media gateway. */
  #offered = false;

  constructor(element: ParleyRoomElement) {
    this.#element = element;
    this.#bar.slot = 'head';
    this.#bar.className = 'live';
    this.#status.setAttribute('role', 'status');
    this.#links.className = 'links';
    this.#button.type = 'button';
    this.#button.onclick = () => (this.#live ? this.#stop('') : void this.#start());
    this.#bar.append(this.#status, this.#links, this.#button);
    this.#draw();
    document.adoptedStyleSheets.push(styles.styleSheet!);
    element.append(this.#bar);
    for (const type of ['joined', 'peer-joined', 'peer-updated', 'peer-left'])
      element.addEventListener(type, () => this.#draw());
    element.addEventListener('media', () => this.#live?.follow(element.tracks));
    for (const type of ['left', 'refused']) element.addEventListener(type, () => this.#stop(''));
    // A host that is back may be another.
    element.addEventListener('state', () => void this.#ask());
    void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#element.session?.state !== 'connected') return;
    try {
      const { hls } = (await (await fetch('/healthz')).json()) as { hls?: string };
      this.#offered = hls !== 'off';
    } catch {
      return; // The next state says when to ask again.
    }
    this.#draw();
  }

  async #start(): Promise<void> {
    const { tracks, session } = this.#element;
    // A muted microphone keeps its track.
    if (!['camera', 'microphone'].some((slot) => tracks.get(slot)?.enabled))
      return this.#say('Turn on your camera or microphone first.');
    this.#say('Going live …', true);
    this.#button.disabled = true;
    try {
      const { Live } = (await import(liveModule)) as typeof import('./live.js');
      if (session !== this.#element.session) return this.#say('');
      this.#live = new Live(tracks, this.#element.token, {
        live: () => {
          this.#say('');
          this.#tell(true);
        },
        interrupted: (why) => this.#say(`Your stream is interrupted${why && `: ${why}`}`, true),
        lost: () => this.#tell(false),
        failed: (words) => this.#stop(words),
      });
      this.#live.start();
    } catch {
      this.#say('The host is not responding.');
    } finally {
      this.#button.disabled = false;
      this.#draw();
    }
  }

  #stop(words: string): void {
    this.#live?.stop();
    this.#live = null;
    if (this.#told) this.#tell(false);
    this.#say(words);
    this.#draw();
  }

  /** Whether the others have a link to follow. */
  #tell(told: boolean): void {
    this.#told = told;
    this.#element.session?.update({ meta: told ? { live: this.#live!.sim } : {} });
    this.#draw();
  }

  #say(words: string, stays = false): void {
    this.#status.textContent = words;
    if (words && !stays) setTimeout(() => this.#status.textContent === words && this.#say(''), longestSaying);
  }

  #draw(): void {
    this.#button.hidden = !this.#offered && !this.#live;
    this.#button.textContent = this.#live ? 'Stop streaming' : 'Go live';
    this.#button.className = this.#live ? 'on' : '';
    const peers = [...(this.#element.session?.peers.values() ?? [])];
    // A publisher may be there before there is anything to see.
    const streams = peers.map(({ id, name, stream, meta }) =>
      stream ? [id, `Watch ${id}`] : [simOf(meta), `${isolate(name || id)} is live`],
    );
    // Without it, the tile has a link to the page that plays it.
    if (peers.some(({ stream }) => stream)) import(playerModule).catch(() => undefined);
    if (this.#told && this.#live) streams.unshift([this.#live.sim, 'You are live']);
    this.#links.replaceChildren(
      ...streams.filter(([sim]) => sim !== '').map(([sim, words]) => link(sim!, words!)),
    );
  }
}

/** Whatever else others put into their metadata is nothing to this. */
function simOf(meta: unknown): string {
  const live = (meta as { live?: unknown } | null)?.live;
  return typeof live === 'string' && isSimNumber(live) ? live : '';
}

function link(sim: string, words: string): HTMLAnchorElement {
  const element = document.createElement('a');
  element.href = `/watch/${sim}`;
  element.target = '_blank';
  element.textContent = words;
  return element;
}
