import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PeerSnapshot, PeerStats } from '../shim/index.js';
import type { Call } from './call.js';
import styles from './details.css';
import { bitrate, facts, milliseconds, pathWords, type Fact } from './facts.js';
import factStyles from './facts.css';
import { isolate } from './name.js';
import { panelHead } from './panel.js';
import panel from './panel.css';
import { stateWords } from './quality.js';
import shared from './shared.css';
import verificationStyles from './verification.css';
import { verification } from './verification.js';

const refreshMs = 1000;

/**
 * How each connection is doing: its states, its figures and what happened when.
 *
 * @fires close
 */
@customElement('parley-details')
export class Details extends LitElement {
  static override styles = [shared, panel, factStyles, styles, verificationStyles];

  @property({ attribute: false }) call!: Call;
  #clock = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = window.setInterval(() => this.requestUpdate(), refreshMs);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#clock);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { room, stats } = this.call;
    const snapshot = room.snapshot();
    return html`
      ${panelHead(this, 'Details')}
      <div class="body" tabindex="0" role="region" aria-label="Connection details">
        ${facts([
          ['Room', snapshot.room],
          ['Your id', snapshot.self],
          ['Signaling', snapshot.signaling],
          ['State', snapshot.state === 'connected' ? stateWords.connected : snapshot.reason.message],
        ])}
        ${snapshot.peers.map((peer) =>
          onePeer(peer, stats.get(peer.id), (same) => this.#compared(peer.id, same)),
        )}
        ${snapshot.peers.length === 0 ? html`<p>Nobody else is here yet.</p>` : nothing}
      </div>
    `;
  }

  /** The button that was pressed may be gone afterwards: what it has brought about gets the focus. */
  #compared(id: string, same: boolean): void {
    const { room } = this.call;
    if (same) room.markVerified(id);
    else room.markDifferent(id);
    this.requestUpdate();
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`[data-verification="${CSS.escape(id)}"] h3`)?.focus(),
    );
  }
}

const onePeer = (
  peer: PeerSnapshot,
  stats: PeerStats | undefined,
  compared: (same: boolean) => void,
): TemplateResult => html`
  <details open data-details=${peer.id}>
    <summary>
      <span>${isolate(peer.name || peer.id)}</span>
      <span class="state ${peer.state}">
        ${peer.streams ? peer.reason.message : stateWords[peer.state]}
      </span>
    </summary>
    <div class="inside">
      ${peer.reason.message && peer.state !== 'connected' ? html`<p>${peer.reason.message}</p>` : nothing}
      ${verification(peer, compared)} ${stats ? facts(figures(stats)) : nothing}
      ${facts([...(peer.streams ? [] : states(peer)), ...whose(peer)])}
      ${peer.streams ? nothing : timeline(peer)}
    </div>
  </details>
`;

const states = (peer: PeerSnapshot): Fact[] => [
  ['Connection', peer.connection],
  ['ICE', peer.ice],
  ['Gathering', peer.gathering],
  ['Signaling', peer.signaling],
  ['Data channel', peer.channelOpen ? 'open' : 'not open'],
  ['ICE restarts', peer.iceRestarts],
  ['Reconnects', peer.rebuilds],
];

const whose = ({ dialect, id, identity }: PeerSnapshot): Fact[] => [
  ['Protocol', dialect],
  ['Id', id],
  ...(identity ? [['Signed in as', isolate(identity)] satisfies Fact] : []),
];

const timeline = (peer: PeerSnapshot): TemplateResult => html`
  <h3>Timeline</h3>
  <ol class="timeline" tabindex="0" aria-label="Timeline of ${isolate(peer.name || peer.id)}">
    ${peer.timeline.map(
      (change) =>
        html`<li>
          <time>${seconds(change.at - (peer.timeline[0]?.at ?? 0))}</time>
          <span>${change.field} ${change.value}</span>
        </li>`,
    )}
  </ol>
`;

function figures(stats: PeerStats): Fact[] {
  const list: Fact[] = [
    ['Round trip', stats.roundTripTime === null ? 'not measured yet' : milliseconds(stats.roundTripTime)],
    ['Receiving', bitrate(stats.received)],
    ['Sending', bitrate(stats.sent)],
    ['Loss', `${(stats.lossRate * 100).toFixed(1)} % (${stats.packetsLost} packets)`],
    ['Path', pathWords(stats)],
  ];
  if (stats.availableOutgoingBitrate !== null)
    list.push(['Available bandwidth', bitrate(stats.availableOutgoingBitrate)]);
  if (stats.frameWidth) {
    const rate = stats.framesPerSecond === null ? '' : `, ${Math.round(stats.framesPerSecond)} frames/s`;
    list.push(['Picture', `${stats.frameWidth} × ${stats.frameHeight}${rate}`]);
  }
  return list;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(3)}`;
