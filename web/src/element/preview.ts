import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from './icons.js';
import type { LocalMedia } from './media.js';
import styles from './preview.css';
import shared from './shared.css';
import './tile.js';
import { selfView } from './views.js';

/** How one looks before anybody else sees it, with a switch for the microphone and one for the camera. */
@customElement('parley-preview')
export class Preview extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false, hasChanged: () => true }) media!: LocalMedia;
  @property({ attribute: false }) name = '';

  protected override render(): TemplateResult {
    const { wanted } = this.media;
    return html`
      <parley-tile .view=${selfView(this.media, this.name)}></parley-tile>
      <div class="switches">
        ${this.#switch('microphone', 'Microphone', wanted.microphone ? icons.microphone : icons.microphoneOff)}
        ${this.#switch('camera', 'Camera', wanted.camera ? icons.camera : icons.cameraOff)}
      </div>
    `;
  }

  #switch(what: 'microphone' | 'camera', label: string, icon: TemplateResult): TemplateResult {
    const on = this.media.wanted[what];
    return html`<button
      class="switch"
      data-action=${what}
      aria-label=${label}
      title=${label}
      aria-pressed=${on}
      @click=${() => this.media.set(what, !on)}
    >
      ${icon}
    </button>`;
  }
}
