import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Level } from './level.js';

/** A bar that follows a microphone's loudness, so that people see they will be heard. */
@customElement('parley-level-meter')
export class LevelMeter extends LitElement {
  static override styles = css`
    :host {
      --level: 0;
      display: block;
      height: 8px;
      border-radius: 8px;
      overflow: hidden;
      background: var(--parley-sunken);
      /* A level is a colour: another palette would leave an empty bar. */
      forced-color-adjust: none;
    }
    div {
      height: 100%;
      border-radius: inherit;
      background: linear-gradient(90deg, var(--parley-accent) 60%, var(--parley-speaking));
      clip-path: inset(0 calc(100% - var(--level) * 100%) 0 0 round 8px);
    }
  `;

  @property({ attribute: false }) track: MediaStreamTrack | null = null;
  #level: Level | null = null;
  #frame = 0;

  override disconnectedCallback(): void {
    this.#follow(null);
    super.disconnectedCallback();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('track')) this.#follow(this.track);
  }

  protected override render(): TemplateResult {
    return html`<div></div>`;
  }

  #follow(track: MediaStreamTrack | null): void {
    cancelAnimationFrame(this.#frame);
    this.#level?.close();
    this.#level = track && new Level(track);
    this.style.setProperty('--level', '0');
    if (this.#level) this.#draw(0);
  }

  /** Rises at once and falls slowly, as loudness meters do (IEC 60268-10); speech is at about 0.02 to 0.3. */
  #draw(shown: number): void {
    const level = Math.max(shown * 0.92, Math.min(1, Math.sqrt(this.#level!.read()) * 1.6));
    this.style.setProperty('--level', level.toFixed(3));
    this.#frame = requestAnimationFrame(() => this.#draw(level));
  }
}
