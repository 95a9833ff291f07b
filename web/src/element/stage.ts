import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import * as icons from './icons.js';
import { grid, spotlight, type Rect } from './layout.js';
import shared from './shared.css';
import styles from './stage.css';
import { Tile } from './tile.js';
import type { TileView } from './views.js';

const gap = 12;
/** Room for the ring around whoever speaks. */
const margin = 6;

/**
 * Arranges the tiles to fill whatever room there is.
 *
 * @fires pin — detail: the tile's key
 * @fires retry — detail: the peer's id
 * @fires copy-link
 */
@customElement('parley-stage')
export class Stage extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) views: TileView[] = [];
  @property({ attribute: false }) pinned: string | null = null;
  @property({ attribute: false }) speaker = '';
  /** What to send to others, shown while nobody else is here. */
  @property({ attribute: false }) invitation = '';
  /** The address alone lets nobody in: what is copied says more. */
  @property({ attribute: false }) secret = false;
  /** Somebody was here, and is not any more. */
  @property({ attribute: false }) deserted = false;

  @query('.tiles') private tilesBox!: HTMLElement;
  @query('.invitation') private invitationCard!: HTMLElement | null;
  /** Each tile lives as long as its view, so that arranging never interrupts a picture. */
  readonly #tiles = new Map<string, Tile>();

  @state() private size = { width: 0, height: 0 };
  readonly #observer = new ResizeObserver(([entry]) => {
    if (entry) this.size = { width: entry.contentRect.width, height: entry.contentRect.height };
  });

  /** Starts what the browser holds back until a gesture; call it from one. */
  play(): void {
    for (const tile of this.#tiles.values()) tile.play();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    this.#observer.disconnect();
    super.disconnectedCallback();
  }

  protected override updated(): void {
    this.toggleAttribute('data-measured', this.size.width > 0);
    const placed: HTMLElement[] = this.views.map((view) => this.#tile(view));
    for (const [key, tile] of this.#tiles) {
      if (this.views.some((view) => view.key === key)) continue;
      tile.remove();
      this.#tiles.delete(key);
    }
    this.#reorder();
    if (this.invitationCard) placed.push(this.invitationCard);
    this.#arrange(placed.length).forEach(({ x, y, width, height }, index) => {
      const style = placed[index]!.style;
      // Not by left and top: for who looks, and for browsers (Layout Instability), a tile that makes room is no jump.
      style.transform = `translate(${x}px, ${y}px)`;
      style.width = `${width}px`;
      style.height = `${height}px`;
    });
  }

  protected override render(): TemplateResult {
    return html`
      <div class="tiles"></div>
      ${
        this.invitation
          ? html`
              <section class="invitation">
                <h2>${this.deserted ? 'Everyone else has left' : 'You’re the first one here'}</h2>
                <p>Send ${this.secret ? 'a link' : 'this link'} to the people you want to talk to.</p>
                ${this.secret ? nothing : html`<code>${this.invitation}</code>`}
                <button class="button primary" @click=${() => this.#say('copy-link')}>
                  ${icons.link} Copy link
                </button>
              </section>
            `
          : nothing
      }
    `;
  }

  /** The order for a screen reader and the Tab key is that on the screen. Only moveBefore() interrupts no picture. */
  #reorder(): void {
    const box = this.tilesBox as HTMLElement & { moveBefore?: (node: Node, before: Node | null) => void };
    if (!box.moveBefore) return;
    this.views.forEach(({ key }, index) => {
      const tile = this.#tiles.get(key)!;
      if (box.children[index] !== tile) box.moveBefore!(tile, box.children[index] ?? null);
    });
  }

  #tile(view: TileView): Tile {
    let tile = this.#tiles.get(view.key);
    if (!tile) {
      tile = new Tile();
      tile.addEventListener('pin', () => this.#say('pin', view.key));
      tile.addEventListener('retry', () => this.#say('retry', view.peer));
      this.#tiles.set(view.key, tile);
      this.tilesBox.append(tile);
    }
    tile.view = view;
    tile.pinned = view.key === this.pinned;
    tile.speaker = this.speaker;
    return tile;
  }

  #arrange(count: number): Rect[] {
    const area = {
      x: margin,
      y: margin,
      width: Math.max(0, this.size.width - 2 * margin),
      height: Math.max(0, this.size.height - 2 * margin),
    };
    const big = this.views.filter((view) => view.big).length;
    return big > 0 ? spotlight(big, count - big, area, gap) : grid(count, area, gap);
  }

  #say(type: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
