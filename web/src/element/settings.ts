import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Giver } from './claims.js';
import type { Shortcuts } from './controls.js';
import './device-choice.js';
import type { LocalMedia } from './media.js';
import { keepFit } from './name.js';
import { panelHead } from './panel.js';
import panel from './panel.css';
import shared from './shared.css';

/**
 * Devices and name during a call, and which keys do what.
 *
 * @fires rename — detail: the new name
 * @fires shortcuts — detail: whether there are to be any
 * @fires close
 */
@customElement('parley-settings')
export class Settings extends LitElement {
  static override styles = [
    shared,
    panel,
    css`
      .body {
        display: grid;
        gap: 22px;
        align-content: start;
      }
      h3 {
        margin-bottom: 8px;
        font-size: 0.875rem;
      }
      .tick {
        display: flex;
        gap: 8px;
        margin-bottom: 8px;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 8px 14px;
        align-items: center;
        font-size: 0.875rem;
      }
      kbd {
        display: inline-block;
        min-width: 28px;
        padding: 2px 8px;
        border: 1px solid var(--parley-line);
        border-bottom-width: 2px;
        border-radius: 7px;
        background: var(--parley-raised);
        font: inherit;
        font-weight: 600;
        text-align: center;
      }
      /* No keys to list on a touch screen. The choice stays: a keyboard may be paired with it. */
      @media (any-hover: none) {
        dl {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false, hasChanged: () => true }) media!: LocalMedia;
  @property({ attribute: false }) name = '';
  /** The name is their token's to say. */
  @property({ attribute: false }) given: Giver = '';
  @property({ attribute: false }) shortcuts: Shortcuts = [];
  /** Whether it is this person who says if there are shortcuts. */
  @property({ attribute: false }) choosesShortcuts = true;

  protected override render(): TemplateResult {
    return html`
      ${panelHead(this, 'Settings')}
      <div class="body" tabindex="0" role="region" aria-label="Settings">
        <label class="field">
          Your name${this.given ? `, from your ${this.given}` : ''}
          <input
            class="input"
            .value=${this.name}
            ?readonly=${this.given !== ''}
            @input=${keepFit}
            @compositionend=${keepFit}
            @change=${this.#rename}
          />
        </label>
        <output class="note"></output>
        <parley-device-choice .media=${this.media}></parley-device-choice>
        <section>
          <h3>Keyboard</h3>
          ${
            this.choosesShortcuts
              ? html`<label class="tick">
                  <input
                    type="checkbox"
                    .checked=${this.shortcuts.length > 0}
                    @change=${({ target }: Event) =>
                      this.dispatchEvent(
                        new CustomEvent('shortcuts', { detail: (target as HTMLInputElement).checked }),
                      )}
                  />
                  Use single-key shortcuts
                </label>`
              : nothing
          }
          <dl>
            ${this.shortcuts.map(
              ({ key, words }) =>
                html`<dt><kbd>${key.toUpperCase()}</kbd></dt>
                  <dd>${words}</dd>`,
            )}
            <dt><kbd>Esc</kbd></dt>
            <dd>Close the panel</dd>
          </dl>
        </section>
      </div>
    `;
  }

  #rename(event: Event): void {
    this.dispatchEvent(
      new CustomEvent('rename', { detail: (event.target as HTMLInputElement).value.trim() }),
    );
  }
}
