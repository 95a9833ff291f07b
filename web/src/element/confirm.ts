import { html, type TemplateResult } from 'lit';

export interface Question {
  words: string;
  /** What its button says. */
  yes: string;
  act: () => void;
}

/** What cannot be undone is asked about, in its place; whoever shows it puts the focus on the harmless answer. */
export const confirmation = (question: Question, close: () => void): TemplateResult => html`
  <div
    class="question"
    role="alertdialog"
    aria-label=${question.words}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // The question alone, and not the panel that it is in.
      event.stopPropagation();
      close();
    }}
  >
    <p>${question.words}</p>
    <div class="buttons">
      <button class="button small" data-no @click=${close}>Cancel</button>
      <button
        class="button small danger"
        data-yes
        @click=${() => {
          close();
          question.act();
        }}
      >
        ${question.yes}
      </button>
    </div>
  </div>
`;
