import { html, type TemplateResult } from 'lit';
import * as icons from '../../element/icons.js';
import type { Check } from './checks.js';

/** How a result looks and is called. */
export const marks: Record<Check['state'], { icon: TemplateResult; word: string }> = {
  running: { icon: html`<span class="spinner" aria-hidden="true"></span>`, word: 'testing' },
  passed: { icon: icons.check, word: 'works' },
  failed: { icon: icons.cross, word: 'does not work' },
  unsure: { icon: icons.question, word: 'not certain' },
  skipped: { icon: icons.minus, word: 'not tested' },
};
