import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import shared from '../../element/shared.css';
import { runChecks, running, type CheckName, type Checks } from './checks.js';
import { marks } from './marks.js';
import styles from './settings.css';
import { fieldsOf, isOwn, ownTarget, problemsOf, type Target } from './target.js';

type TextField = Exclude<keyof Target, 'secure'>;

const checkTitles: Record<CheckName, string> = {
  socket: 'WebSocket port',
  http: 'HTTP port',
  path: 'Path of this SIM',
};

/**
 * Which server, and whether it is one.
 *
 * @fires target — detail: the fields that changed
 */
@customElement('parley-publish-settings')
export class PublishSettings extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false }) target!: Target;
  /** What the server is shown. */
  @property({ attribute: false }) token = '';
  /** A running stream keeps the server it has. */
  @property({ attribute: false }) locked = false;
  @state() private checks: Checks | null = null;
  @state() private testing = false;

  protected override render(): TemplateResult {
    const { target } = this;
    return html`
      <fieldset ?disabled=${this.locked}>
        <legend class="unseen">Server</legend>
        ${this.#text('server', 'Server', 'parley.example')}
        <div class="ports">
          ${this.#text('socketPort', 'WebSocket port', target.secure ? '443' : '80')}
          ${this.#text('httpPort', 'HTTP port', target.secure ? '443' : '80')}
        </div>
        <label class="tick">
          <input
            type="checkbox"
            name="secure"
            .checked=${target.secure}
            @change=${(event: Event) => this.#set({ secure: (event.target as HTMLInputElement).checked })}
          />
          Encrypted (wss: and https:)
        </label>
        ${this.#text('stun', 'STUN server, if needed', 'stun:stun.example:3478')}
      </fieldset>
      <div class="actions">
        <button
          class="button"
          data-action="test"
          ?disabled=${this.locked || this.testing}
          @click=${this.#test}
        >
          Test
        </button>
        ${
          isOwn(target, location) || this.locked
            ? nothing
            : html`<button
                class="button plain"
                @click=${() => this.#set({ ...ownTarget(location), sim: target.sim })}
              >
                Use this page’s host
              </button>`
        }
        ${this.locked ? html`<p class="hint">Stop the stream to change or test these.</p>` : nothing}
      </div>
      <div role="status" aria-label="Results of the test">
        ${this.checks ? results(this.checks) : nothing}
      </div>
    `;
  }

  #text(name: TextField, label: string, placeholder: string): TemplateResult {
    const problem = problemsOf(this.target)[name];
    return html`
      <label class="field">
        ${label}
        <input
          class="input"
          name=${name}
          inputmode=${name.endsWith('Port') ? 'numeric' : 'url'}
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          placeholder=${placeholder}
          aria-invalid=${problem ? 'true' : 'false'}
          aria-describedby=${problem ? `${name}-problem` : nothing}
          .value=${this.target[name]}
          @input=${(event: Event) => this.#type(name, (event.target as HTMLInputElement).value.trim())}
        />
        ${problem ? html`<span class="problem" id="${name}-problem">${problem}</span>` : nothing}
      </label>
    `;
  }

  /** A whole address in the server's field fills the others. */
  #type(name: TextField, typed: string): void {
    this.#set((name === 'server' && fieldsOf(typed)) || { [name]: typed });
  }

  #set(fields: Partial<Target>): void {
    this.checks = null;
    this.dispatchEvent(new CustomEvent('target', { detail: fields }));
  }

  readonly #test = async (): Promise<void> => {
    const { target } = this;
    const { server, socketPort, httpPort } = problemsOf(target);
    if (server || socketPort || httpPort) {
      const wrong = server ? 'server' : socketPort ? 'socketPort' : 'httpPort';
      return this.renderRoot.querySelector<HTMLInputElement>(`[name=${wrong}]`)?.focus();
    }
    this.testing = true;
    this.checks = running;
    try {
      await runChecks(target, this.token, (name, check) => {
        // What was changed meanwhile is another server.
        if (this.checks && this.target === target) this.checks = { ...this.checks, [name]: check };
      });
    } finally {
      this.testing = false;
    }
  };
}

const results = (checks: Checks): TemplateResult => html`
  <ul class="checks">
    ${(['socket', 'http', 'path'] as const).map((name) => {
      const { state, words, advice } = checks[name];
      return html`
        <li data-check=${name} data-state=${state}>
          ${marks[state].icon}
          <div>
            <h3>${checkTitles[name]}: ${marks[state].word}</h3>
            <p>${words}</p>
            ${advice ? html`<p class="advice">${advice}</p>` : nothing}
          </div>
        </li>
      `;
    })}
  </ul>
`;
