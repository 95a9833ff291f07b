import { html, type LitElement, type TemplateResult } from 'lit';
import * as icons from './icons.js';

/** A side panel's head; its cross fires `close`. */
export const panelHead = (panel: LitElement, title: string): TemplateResult => html`
  <header>
    <h2>${title}</h2>
    <button
      class="button plain icon"
      aria-label="Close ${title.toLowerCase()}"
      title="Close (Escape)"
      @click=${() => panel.dispatchEvent(new CustomEvent('close'))}
    >
      ${icons.close}
    </button>
  </header>
`;
