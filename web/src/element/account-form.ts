import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { accountFailure, nameProblem, passwordProblem, type Problem } from './account-failure.js';
import styles from './account-form.css';
import type { Account } from './account.js';
import './password-field.js';
import type { PasswordField } from './password-field.js';
import shared from './shared.css';

export type Purpose = 'sign-in' | 'register';

const words: Record<Purpose, { title: string; action: string; busy: string; other: string; ask: string }> = {
  'sign-in': {
    title: 'Sign in',
    action: 'Sign in',
    busy: 'Signing in …',
    other: 'Create an account',
    ask: 'No account yet?',
  },
  register: {
    title: 'Create an account',
    action: 'Create account',
    busy: 'Creating …',
    other: 'Sign in',
    ask: 'Have an account?',
  },
};

/**
 * Signs in to an account, or makes one.
 *
 * @fires purpose — detail: the other one, or null for going on as a guest
 */
@customElement('parley-account-form')
export class AccountForm extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) account!: Account;
  @property({ attribute: false }) purpose: Purpose = 'sign-in';
  /** What the field for the name begins with. */
  @property({ attribute: false }) name = '';

  @state() private busy = false;
  @state() private problem: Problem | null = null;

  @query('#account-name') private nameField!: HTMLInputElement;
  @query('parley-password-field') private passwordField!: PasswordField;
  @query('[name=stays]') private stays!: HTMLInputElement;

  override focus(): void {
    this.nameField.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('purpose')) this.problem = null;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('problem') || !this.problem) return;
    if (this.problem.about === 'name') this.nameField.select();
    else if (this.problem.about === 'password') this.passwordField.focus();
  }

  protected override render(): TemplateResult {
    const { purpose, busy } = this;
    const registers = purpose === 'register';
    const { title, action, busy: waiting } = words[purpose];
    const about = (field: Problem['about']): string =>
      this.problem?.about === field ? this.problem.words : '';
    return html`
      <main>
        <h1>${title}</h1>
        <p class="lead">
          With an account your name is yours alone, and you see your last calls and the ones you missed.
        </p>
        <form @submit=${this.#submit}>
          <div class="group">
            <label class="field" for="account-name">Name</label>
            <input
              class="input"
              id="account-name"
              name="username"
              autocomplete="username"
              autocapitalize="off"
              spellcheck="false"
              maxlength="32"
              required
              aria-invalid=${about('name') ? 'true' : nothing}
              aria-describedby="name-hint name-problem"
              .value=${this.name}
            />
            <p class="note" id="name-hint">
              ${registers && !about('name') ? 'How others find you. Letters and digits, without spaces.' : ''}
            </p>
            <p class="problem" id="name-problem" role="alert">${about('name')}</p>
          </div>
          <parley-password-field
            .autocomplete=${registers ? 'new-password' : 'current-password'}
            .hint=${registers ? 'At least 8 characters.' : ''}
            .problem=${about('password')}
          ></parley-password-field>
          <label class="check">
            <input type="checkbox" name="stays" checked />
            Stay signed in on this device
          </label>
          <p class="problem" role="alert">${about('')}</p>
          <button class="button primary" ?disabled=${busy}>${busy ? waiting : action}</button>
        </form>
        ${this.#renderOthers()}
      </main>
    `;
  }

  #renderOthers(): TemplateResult {
    const { ask, other } = words[this.purpose];
    const next = this.purpose === 'register' ? 'sign-in' : 'register';
    return html`
      <div class="others">
        ${
          next === 'register' && !this.account.canRegister
            ? nothing
            : html`<p>${ask} <button class="link" @click=${() => this.#turn(next)}>${other}</button></p>`
        }
        <button class="link" @click=${() => this.#turn(null)}>Continue as a guest</button>
      </div>
    `;
  }

  #turn(purpose: Purpose | null): void {
    this.dispatchEvent(new CustomEvent('purpose', { detail: purpose }));
  }

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const name = this.nameField.value.trim();
    const password = this.passwordField.value;
    const registers = this.purpose === 'register';
    this.problem = registers ? (nameProblem(name) ?? passwordProblem(password, 'password')) : null;
    if (this.problem) return;
    this.busy = true;
    try {
      if (registers) await this.account.register(name, password, this.stays.checked);
      else await this.account.signIn(name, password, this.stays.checked);
    } catch (error) {
      this.problem = inPlace(accountFailure(error, name), registers);
    }
    this.busy = false;
  };
}

/** Which of the two is wrong is not told to whoever signs in. */
const inPlace = ({ about, words }: Problem, registers: boolean): Problem =>
  about === 'newPassword' || (about === 'password' && registers)
    ? { about: 'password', words }
    : about === 'password'
      ? { about, words: 'Wrong name or password.' }
      : { about, words };
