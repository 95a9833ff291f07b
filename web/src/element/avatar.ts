import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { plain } from './name.js';

/** A person as a disc in a colour of their own, with their initials. Whatever holds it says how large, and the name. */
@customElement('parley-avatar')
export class Avatar extends LitElement {
  static override styles = css`
    :host {
      display: grid;
      place-items: center;
      aspect-ratio: 1;
      flex: none;
      border-radius: 50%;
      background: light-dark(oklch(0.5 0.1 var(--hue)), oklch(0.72 0.1 var(--hue)));
      color: light-dark(#fff, #14171a);
      font-weight: 600;
      letter-spacing: 0.02em;
    }
  `;

  @property({ attribute: false }) name = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('aria-hidden', 'true');
  }

  protected override updated(): void {
    this.style.setProperty('--hue', String(hue(this.name)));
  }

  protected override render(): TemplateResult {
    return html`${initials(this.name)}`;
  }
}

/** Up to two letters, by the name's words: "Ada Lovelace" is AL. */
function initials(name: string): string {
  const words = plain(name)
    .trim()
    .split(/[\s._-]+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return letters.join('').toUpperCase() || '?';
}

/** A colour that stays with a name. */
export function hue(name: string): number {
  let hash = 0;
  for (const letter of plain(name)) hash = (hash * 31 + letter.codePointAt(0)!) % 360;
  return hash;
}
