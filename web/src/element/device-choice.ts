import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import styles from './device-choice.css';
import failureStyles from './failure.css';
import { withoutIt, type Failure } from './failure.js';
import * as icons from './icons.js';
import './level-meter.js';
import type { DeviceKind, LocalMedia } from './media.js';
import shared from './shared.css';

const labels: Record<DeviceKind, string> = { camera: 'Camera', microphone: 'Microphone', speaker: 'Speaker' };

/** Which camera, microphone and speaker to use, whether one is heard, and what to do about one that does not work. */
@customElement('parley-device-choice')
export class DeviceChoice extends LitElement {
  static override styles = [shared, failureStyles, styles];

  @property({ attribute: false, hasChanged: () => true }) media!: LocalMedia;

  /** Whether anything is to be heard here. */
  @property({ attribute: false }) listens = true;
  /** Whether it says why a device does not work; else whoever holds it does. */
  @property({ attribute: false }) explains = true;

  protected override render(): TemplateResult {
    const { media } = this;
    return html`
      ${this.#failure('camera')} ${this.#choice('camera')} ${this.#failure('microphone')}
      ${this.#choice('microphone')}
      <div ?hidden=${!media.live.microphone}>
        <span class="unseen">The bar below follows your microphone’s loudness.</span>
        <parley-level-meter
          .track=${(media.live.microphone && media.tracks.get('microphone')) || null}
        ></parley-level-meter>
      </div>
      ${this.listens && canChooseSpeaker ? this.#choice('speaker') : nothing}
    `;
  }

  #choice(kind: DeviceKind): TemplateResult | typeof nothing {
    const devices = this.media.of(kind);
    if (devices.length === 0) return nothing;
    const chosen = this.media.chosen(kind);
    const choose = (event: Event): void =>
      void this.media.choose(kind, (event.target as HTMLSelectElement).value);
    return html`
      <label class="field">
        ${labels[kind]}
        <select class="input" data-device=${kind} @change=${choose}>
          ${devices.map(
            (device, index) => html`
              <option value=${device.deviceId} ?selected=${device.deviceId === chosen}>
                ${device.label || `${labels[kind]} ${index + 1}`}
              </option>
            `,
          )}
        </select>
      </label>
    `;
  }

  #failure(kind: 'camera' | 'microphone'): TemplateResult | typeof nothing {
    const failure = this.explains && this.media.failures.get(kind);
    if (!failure || !this.media.wanted[kind]) return nothing;
    return failureNote(failure, withoutIt, () => void this.media.set(kind, true));
  }
}

/** `more`: what there is to say beside it. */
export const failureNote = (failure: Failure, more: string, retry: () => void): TemplateResult => html`
  <div class="failure" role="alert" data-failure=${failure.code}>
    ${icons.warning}
    <strong>${failure.title}</strong>
    <span>${failure.advice} ${more}</span>
    ${
      failure.code === 'insecure' || failure.code === 'unsupported'
        ? nothing
        : html`<button class="button small" @click=${retry}>Try again</button>`
    }
  </div>
`;

const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;
