import { html, nothing, type TemplateResult } from 'lit';
import type { PeerSnapshot, Verification, VerificationState } from '../shim/index.js';
import * as icons from './icons.js';
import { isolate } from './name.js';

/** How much what is known of somebody can be relied on. */
export type Trust = 'verified' | 'doubtful' | 'unknown';

const doubtful = new Set<VerificationState>(['changed', 'different', 'failed']);

export const trustIn = ({ state }: Verification): Trust =>
  state === 'verified' ? 'verified' : doubtful.has(state) ? 'doubtful' : 'unknown';

/** What is said of a tile's person, where there is something to say. */
export const trustWords: Record<Trust, string> = {
  verified: 'verified',
  doubtful: 'not verified, look at the details',
  unknown: '',
};

const titles: Record<VerificationState, string> = {
  pending: 'Not ready yet',
  unavailable: 'Cannot be verified',
  failed: 'Verification failed',
  unverified: 'Not compared yet',
  verified: 'Verified',
  changed: 'Compare again',
  different: 'Somebody may be listening',
};

/** What is news to a person who does not look at the details; else nothing. */
export function news(name: string, { state, reason }: Verification): string {
  switch (state) {
    case 'verified':
      return reason.code === 'compared' ? `${name} is verified.` : '';
    case 'changed':
      return `The key of ${name} has changed since you compared. Compare again, in the details.`;
    case 'different':
      return `Somebody may be listening to your call with ${name}.`;
    case 'failed':
      return `${name} could not be verified. The details say why.`;
    default:
      return reason.code === 'new-connection'
        ? `The connection with ${name} was made anew. Compare again, in the details.`
        : '';
  }
}

function advice(name: string, { state, reason }: Verification): string {
  switch (state) {
    case 'unverified':
    case 'changed':
      return `Read the pictures to each other aloud. If all four are the same on both screens, nobody sits between you and ${name}.`;
    case 'verified':
      return reason.code === 'remembered'
        ? `${name} has the same key as when you compared. Nobody sits between you.`
        : `You and ${name} see the same pictures. Nobody sits between you.`;
    case 'different':
      return `If the pictures really differ, somebody may hear and see this call. Say nothing private here. Leave, and reach ${name} in another way.`;
    case 'failed':
      return `${reason.message} Say nothing private here. Leave and join again; if it happens again, reach ${name} in another way.`;
    default:
      return reason.message;
  }
}

const changedWords = (name: string): string => `The key of ${name} has changed since you compared.`;

/** Whether somebody sits in between, and what to compare; `compared` is told what the person found. */
export function verification(peer: PeerSnapshot, compared: (same: boolean) => void): TemplateResult {
  const { verification: shown, id } = peer;
  const name = isolate(peer.name || id);
  const trust = trustIn(shown);
  const title = `verification-${id}`;
  return html`
    <section class="verification ${trust}" data-verification=${id} aria-labelledby=${title}>
      <h3 id=${title} tabindex="-1">
        ${trust === 'verified' ? icons.verified : trust === 'doubtful' ? icons.warning : nothing}
        ${titles[shown.state]}
      </h3>
      ${shown.state === 'changed' ? html`<p>${changedWords(name)}</p>` : nothing}
      ${shown.digits ? string(shown) : nothing}
      <p>${advice(name, shown)}</p>
      ${shown.digits ? buttons(shown.state, name, compared) : nothing}
    </section>
  `;
}

const string = ({ emoji, digits }: Verification): TemplateResult => html`
  <ol class="emoji" aria-label="Pictures to compare">
    ${emoji.map(({ symbol, name }) => html`<li><span aria-hidden="true">${symbol}</span>${name}</li>`)}
  </ol>
  <p class="digits">or the digits <b>${digits.slice(0, 3)} ${digits.slice(3)}</b></p>
`;

const buttons = (
  state: VerificationState,
  name: string,
  compared: (same: boolean) => void,
): TemplateResult => html`
  <div class="buttons">
    ${
      state === 'verified'
        ? nothing
        : html`<button
            class="button small ${state === 'different' ? '' : 'primary'}"
            aria-label="They match: ${name}"
            @click=${() => compared(true)}
          >
            They match
          </button>`
    }
    ${
      state === 'different'
        ? nothing
        : html`<button class="button small" aria-label="They differ: ${name}" @click=${() => compared(false)}>
            They differ
          </button>`
    }
  </div>
`;
