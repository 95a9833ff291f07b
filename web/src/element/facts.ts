import { html, type TemplateResult } from 'lit';
import type { PeerStats } from '../shim/index.js';

export type Fact = [term: string, value: string | number];

/** States and figures, one a line. */
export const facts = (list: Fact[]): TemplateResult => html`
  <dl>
    ${list.map(
      ([term, value]) =>
        html`<dt>${term}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>
`;

export const bitrate = (bits: number): string =>
  bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1e3)} kbit/s`;

export const milliseconds = (seconds: number): string =>
  seconds < 0.001 ? 'under 1 ms' : `${Math.round(seconds * 1000)} ms`;

export const pathWords = ({ candidatePair: pair }: PeerStats): string =>
  pair ? `${pair.local} → ${pair.remote}, ${pair.protocol}` : 'not chosen yet';
