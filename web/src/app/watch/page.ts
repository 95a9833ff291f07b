import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from '../../element/icons.js';
import noticeStyles from '../../element/notices.css';
import { Notices } from '../../element/notices.js';
import shared from '../../element/shared.css';
import tokens from '../../element/tokens.css';
import { isSimNumber, noSimNumber } from '../sim-number.js';
import styles from './page.css';
import './player.js';

/** A playlist's name has two digits for it. */
const lastChannel = 99;

/** A stream of this host's, for anyone who has its link. */
@customElement('parley-watch')
export class WatchPage extends LitElement {
  static override styles = [tokens, shared, noticeStyles, styles];

  @property() sim = '';
  /** Which of the stream's cameras, from 1. */
  @property({ type: Number }) channel = 1;

  /** What the host is shown. */
  @property({ attribute: false }) token = '';

  readonly #notices = new Notices(() => this.requestUpdate());

  protected override render(): TemplateResult {
    const problem = this.#problem;
    if (problem)
      return html`<main>
        <h1>No stream has this address</h1>
        <p role="alert">${problem}</p>
      </main>`;
    const playlist = `${location.origin}/${encodeURIComponent(this.sim)}/${this.channel}.m3u8`;
    return html`
      <main>
        <h1>Stream ${this.sim}${this.channel > 1 ? `, camera ${this.channel}` : ''}</h1>
        <parley-player .src=${playlist} .token=${this.token}></parley-player>
        <div class="under">
          <span>For other players: <a href=${playlist}>${playlist}</a></span>
          <button class="button small" @click=${() => this.#copy()}>
            ${icons.link} Copy this page’s link
          </button>
        </div>
      </main>
      ${this.#notices.render()}
    `;
  }

  get #problem(): string {
    if (!isSimNumber(this.sim)) return noSimNumber;
    const exists = Number.isInteger(this.channel) && this.channel >= 1 && this.channel <= lastChannel;
    return exists ? '' : `A stream’s cameras are numbered from 1 to ${lastChannel}.`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.#notices.add('Link copied.');
    } catch {
      this.#notices.add(`The link is ${location.href}`);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-watch': WatchPage;
  }
}
