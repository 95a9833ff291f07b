import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

const shownMs = 4500;
/** More at once would cover the call. */
const most = 3;

/** Passing words: who came, who left, that a link was copied. */
export class Notices {
  #notices: { id: number; words: string }[] = [];
  #last = 0;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(words: string): void {
    const id = ++this.#last;
    this.#notices = [...this.#notices, { id, words }].slice(-most);
    this.#changed();
    setTimeout(() => {
      this.#notices = this.#notices.filter((notice) => notice.id !== id);
      this.#changed();
    }, shownMs);
  }

  render(): TemplateResult {
    // Not atomic, and each line is its own: a screen reader reads what is added, and that once.
    return html`<div class="notices" role="status" aria-atomic="false">
      ${repeat(
        this.#notices,
        ({ id }) => id,
        ({ words }) => html`<p>${words}</p>`,
      )}
    </div>`;
  }
}
