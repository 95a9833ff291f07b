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
    return html`
      <parley-tile .view=${selfView(this.media, this.name)} .pinnable=${false}></parley-tile>
      <div class="switches">
        ${this.#switch('microphone', 'Microphone', icons.microphone, icons.microphoneOff)}
        ${this.#switch('camera', 'Camera', icons.camera, icons.cameraOff)}
      </div>
    `;
  }

  #switch(
    what: 'microphone' | 'camera',
    label: string,
    onIcon: TemplateResult,
    offIcon: TemplateResult,
  ): TemplateResult {
    // One that is being opened is on; one that did not open is off, and switching it on tries again.
    const on = this.media.wanted[what] && !this.media.failures.has(what);
    return html`<button
      class="switch"
      data-action=${what}
      aria-label=${label}
      title=${label}
      aria-pressed=${on}
      @click=${() => this.media.set(what, !on)}
    >
      ${on ? onIcon : offIcon}
    </button>`;
  }
}
