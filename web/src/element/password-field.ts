import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

/**
 * A password, which can be shown. It renders into its parent's tree, so that it is a field of the form there, as browsers
 * that keep passwords want it, and looks as password-field.css says.
 */
@customElement('parley-password-field')
export class PasswordField extends LitElement {
  @property({ attribute: false }) name = 'password';
  @property({ attribute: false }) label = 'Password';
  @property({ attribute: false }) autocomplete: 'current-password' | 'new-password' = 'current-password';
  @property({ attribute: false }) hint = '';
  /** What is wrong with it; empty for nothing. */
  @property({ attribute: false }) problem = '';

  @state() private shown = false;
  @query('input') private field!: HTMLInputElement;

  get value(): string {
    return this.field.value;
  }

  override focus(): void {
    this.field.select();
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override render(): TemplateResult {
    const { name, label, shown, hint, problem } = this;
    return html`
      <label class="field" for=${name}>${label}</label>
      <div class="secret">
        <input
          class="input"
          id=${name}
          name=${name}
          type=${shown ? 'text' : 'password'}
          autocomplete=${this.autocomplete}
          autocapitalize="off"
          spellcheck="false"
          required
          aria-invalid=${problem ? 'true' : nothing}
          aria-describedby=${`${name}-hint ${name}-problem`}
        />
        <button
          type="button"
          class="button plain small"
          aria-label=${`${shown ? 'Hide' : 'Show'} ${label.toLowerCase()}`}
          @click=${() => (this.shown = !shown)}
        >
          ${shown ? 'Hide' : 'Show'}
        </button>
      </div>
      <p class="note" id=${`${name}-hint`}>${problem ? '' : hint}</p>
      <p class="problem" id=${`${name}-problem`} role="alert">${problem}</p>
    `;
  }
}
