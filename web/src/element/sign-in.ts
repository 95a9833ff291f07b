import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { isolate, keepFit } from './name.js';
import shared from './shared.css';
import styles from './sign-in.css';

/**
 * Under which name somebody goes online.
 *
 * @fires go-online — detail: the name
 */
@customElement('parley-sign-in')
export class SignIn extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) name = '';
  /** The name is that of an account: there is nothing to type. */
  @property({ attribute: false }) given = false;
  /** Being online is on its way. */
  @property({ attribute: false }) busy = false;
  /** Why this name will not do; empty where nothing is wrong with it. */
  @property({ attribute: false }) objection = '';

  @query('input') private field!: HTMLInputElement | null;
  @query('button') private button!: HTMLButtonElement;

  override focus(): void {
    (this.field ?? this.button).focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('objection') && this.objection) this.field?.select();
  }

  protected override render(): TemplateResult {
    const { given, objection } = this;
    return html`
      <main>
        <h1>Call people<br />by name</h1>
        <p class="lead">
          Go online to see who else is there. Anyone online can call you while this page is
          open.${given ? nothing : ' No account or phone number needed.'}
        </p>
        <form @submit=${this.#submit}>
          ${given ? this.#renderGiven() : this.#renderField()}
          ${objection ? html`<p class="objection" id="objection" role="alert">${objection}</p>` : nothing}
        </form>
      </main>
    `;
  }

  #renderField(): TemplateResult {
    const { name, busy, objection } = this;
    return html`
      <label class="field" for="name">Your name</label>
      <div class="row">
        <input
          class="input"
          id="name"
          autocomplete="name"
          required
          pattern=".*\\S.*"
          placeholder="How others find you"
          aria-invalid=${objection ? 'true' : nothing}
          aria-describedby=${objection ? 'objection' : nothing}
          .value=${name}
          @input=${this.#typed}
          @compositionend=${this.#typed}
        />
        <button class="button primary" ?disabled=${busy}>${busy ? 'Going online …' : 'Go online'}</button>
      </div>
      <output class="note"></output>
    `;
  }

  #renderGiven(): TemplateResult {
    const { name, busy } = this;
    return html`<button class="button primary given" ?disabled=${busy}>
      ${busy ? 'Going online …' : html`<span>Go online as ${isolate(name)}</span>`}
    </button>`;
  }

  #typed(event: Event): void {
    this.name = keepFit(event);
  }

  #submit(event: Event): void {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('go-online', { detail: this.name.trim() }));
  }
}
