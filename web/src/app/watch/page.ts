import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from '../../element/icons.js';
import noticeStyles from '../../element/notices.css';
import { Notices } from '../../element/notices.js';
import shared from '../../element/shared.css';
import tokens from '../../element/tokens.css';
import styles from './page.css';
import './player.js';

/** A stream of this host's, for anyone who has its link. */
@customElement('parley-watch')
export class WatchPage extends LitElement {
  static override styles = [tokens, shared, noticeStyles, styles];

  @property() sim = '';
  /** Which of the stream's cameras, from 1. */
  @property({ type: Number }) channel = 1;

  readonly #notices = new Notices(() => this.requestUpdate());

  protected override render(): TemplateResult {
    const playlist = `${location.origin}/${encodeURIComponent(this.sim)}/${this.channel}.m3u8`;
    return html`
      <main>
        <h1>Stream ${this.sim}${this.channel > 1 ? `, camera ${this.channel}` : ''}</h1>
        <parley-player .src=${playlist}></parley-player>
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
