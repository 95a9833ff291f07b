import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Change } from './account-dialog.js';
import type { Purpose } from './account-form.js';
import './account-menu.js';
import type { Choice } from './account-menu.js';
import type { Account } from './account.js';
import './avatar.js';
import * as icons from './icons.js';
import { isolate } from './name.js';
import oneself from './oneself.css';
import type { Online } from './online.js';
import styles from './people-head.css';
import shared from './shared.css';

/**
 * The line above everything: the mark, and who is here under which name, or where to sign in.
 *
 * @fires go-offline
 * @fires enter — detail: which form for accounts to open
 * @fires change — detail: what to change about the account
 */
@customElement('parley-people-head')
export class PeopleHead extends LitElement {
  static override styles = [shared, oneself, styles];

  @property({ attribute: false }) home = '';
  @property({ attribute: false, hasChanged: () => true }) account!: Account;
  @property({ attribute: false, hasChanged: () => true }) online: Online | null = null;
  /** The way in is open: a form for accounts, or going online. */
  @property({ attribute: false }) entering = false;

  protected override render(): TemplateResult {
    const mark = html`${icons.logo}<span>Parley</span>`;
    return html`
      <header>
        ${
          this.home
            ? html`<a class="mark" href=${this.home} aria-label="Parley, the start page">${mark}</a>`
            : html`<div class="mark">${mark}</div>`
        }
        ${this.#renderSelf()}
      </header>
    `;
  }

  #renderSelf(): TemplateResult | typeof nothing {
    const online = this.online?.registered ? this.online : null;
    if (this.account.token) return this.#renderAccount(online);
    if (online) return this.#renderGuest(online);
    return this.account.registration && !this.entering ? this.#renderDoors() : nothing;
  }

  #renderDoors(): TemplateResult {
    return html`
      <div class="self">
        ${this.#button('Sign in', 'enter', 'sign-in' satisfies Purpose)}
        ${this.account.canRegister ? this.#button('Create an account', 'enter', 'register' satisfies Purpose) : nothing}
      </div>
    `;
  }

  #renderAccount(online: Online | null): TemplateResult {
    const { name } = this.account;
    const [status, presence] = !online
      ? ['Offline', 'off']
      : online.isCutOff
        ? ['Reconnecting …', 'away']
        : ['Online', 'here'];
    return html`
      <div class="self">
        ${online ? this.#button('Go offline', 'go-offline') : nothing}
        <parley-account-menu
          .name=${name}
          .status=${status}
          .presence=${presence}
          @choose=${({ detail }: CustomEvent<Choice>) => this.#choose(detail)}
        ></parley-account-menu>
      </div>
    `;
  }

  #renderGuest({ name, isCutOff }: Online): TemplateResult {
    return html`
      <div class="self guest">
        <parley-avatar .name=${name}></parley-avatar>
        <span class="who ${isCutOff ? 'away' : ''}">
          <b>${isolate(name)}</b><small>${isCutOff ? 'Reconnecting …' : 'You are online'}</small>
        </span>
        ${this.#button('Go offline', 'go-offline')}
      </div>
    `;
  }

  #button(words: string, type: string, detail?: Purpose): TemplateResult {
    return html`<button class="button small" @click=${() => this.#say(type, detail)}>${words}</button>`;
  }

  #choose(choice: Choice): void {
    if (choice === 'sign-out') this.account.signOut();
    else this.#say('change', choice);
  }

  #say(type: string, detail?: Purpose | Change): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
