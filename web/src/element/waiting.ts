import { html, type TemplateResult } from 'lit';
import type { LocalMedia } from './media.js';
import './preview.js';

/** While a moderator is asked: what happens, how one looks meanwhile, and the way out. */
export const waitingRoom = (
  room: string,
  name: string,
  media: LocalMedia,
  leave: () => void,
): TemplateResult => html`
  <main class="card waiting">
    <div role="status">
      <h1 tabindex="-1" data-begin>Waiting to be let in</h1>
      <p>Somebody in ${room} is asked to let you in. You join as soon as they do.</p>
    </div>
    <parley-preview .media=${media} .name=${name}></parley-preview>
    <div class="choices">
      <button class="button" data-action="leave" @click=${leave}>Leave</button>
    </div>
  </main>
`;
