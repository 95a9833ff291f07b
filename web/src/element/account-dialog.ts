import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, queryAll, state } from 'lit/decorators.js';
import styles from './account-dialog.css';
import { accountFailure, passwordProblem, type Problem } from './account-failure.js';
import type { Account } from './account.js';
import { isolate } from './name.js';
import './password-field.js';
import type { PasswordField } from './password-field.js';
import shared from './shared.css';

export type Change = 'password' | 'everywhere' | 'delete';

const words: Record<Change, { title: string; advice: (name: string) => string; action: string }> = {
  password: {
    title: 'Change password',
    advice: () => 'All other devices will be signed out.',
    action: 'Change password',
  },
  everywhere: {
    title: 'Sign out everywhere?',
    advice: (name) => `All devices that are signed in as ${name} will be signed out, this one too.`,
    action: 'Sign out everywhere',
  },
  delete: {
    title: 'Delete your account?',
    advice: (name) =>
      `The account ${name} and its list of calls will be deleted for good. After that, anyone can take the name.`,
    action: 'Delete account',
  },
};

/**
 * A change to the account that is asked about, or that takes the password.
 *
 * @fires close — it is done, or is not to be
 */
@customElement('parley-account-dialog')
export class AccountDialog extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) account!: Account;
  @property({ attribute: false }) change: Change = 'password';

  @state() private busy = false;
  @state() private problem: Problem | null = null;

  @query('dialog') private dialog!: HTMLDialogElement;
  @queryAll('parley-password-field') private fields!: NodeListOf<PasswordField>;

  protected override async firstUpdated(): Promise<void> {
    const [first] = this.fields;
    // It is drawn a moment later, and is what the focus is to go to.
    await first?.updateComplete;
    this.dialog.showModal();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('problem') || !this.problem) return;
    [...this.fields].find(({ name }) => name === this.problem?.about)?.focus();
  }

  protected override render(): TemplateResult {
    const { change, busy } = this;
    const { title, advice, action } = words[change];
    const about = (field: Problem['about']): string =>
      this.problem?.about === field ? this.problem.words : '';
    return html`
      <dialog aria-labelledby="title" aria-describedby="advice" @close=${this.#close}>
        <form @submit=${this.#submit}>
          <h2 id="title">${title}</h2>
          <p id="advice">${advice(isolate(this.account.name))}</p>
          <input hidden autocomplete="username" .value=${this.account.name} />
          ${
            change === 'everywhere'
              ? nothing
              : html`<parley-password-field
                  .label=${change === 'password' ? 'Current password' : 'Your password'}
                  .problem=${about('password')}
                ></parley-password-field>`
          }
          ${
            change === 'password'
              ? html`<parley-password-field
                  .name=${'newPassword'}
                  .label=${'New password'}
                  .autocomplete=${'new-password'}
                  .hint=${'At least 8 characters.'}
                  .problem=${about('newPassword')}
                ></parley-password-field>`
              : nothing
          }
          <p class="problem" role="alert">${about('')}</p>
          <div class="buttons">
            <button type="button" class="button" @click=${this.#close}>Cancel</button>
            <button class="button ${change === 'delete' ? 'danger' : 'primary'}" ?disabled=${busy}>
              ${action}
            </button>
          </div>
        </form>
      </dialog>
    `;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('close'));
  };

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const [password = '', next = ''] = [...this.fields].map(({ value }) => value);
    this.problem = this.change === 'password' ? passwordProblem(next, 'newPassword') : null;
    if (this.problem) return;
    this.busy = true;
    try {
      await this.#do(password, next);
      this.#close();
    } catch (error) {
      this.problem = accountFailure(error, this.account.name);
    }
    this.busy = false;
  };

  #do(password: string, next: string): Promise<void> {
    switch (this.change) {
      case 'password':
        return this.account.changePassword(password, next);
      case 'everywhere':
        return this.account.signOutEverywhere();
      case 'delete':
        return this.account.remove(password);
    }
  }
}
