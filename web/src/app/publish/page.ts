import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '../../element/device-choice.js';
import { failureNote } from '../../element/device-choice.js';
import failureStyles from '../../element/failure.css';
import { withoutIt } from '../../element/failure.js';
import { LocalMedia, type LocalSlot } from '../../element/media.js';
import noticeStyles from '../../element/notices.css';
import { Notices } from '../../element/notices.js';
import '../../element/preview.js';
import shared from '../../element/shared.css';
import tokens from '../../element/tokens.css';
import './debug.js';
import type { Kind } from './outgoing.js';
import styles from './page.css';
import { PlaylistWatch } from './playlist-watch.js';
import { Publisher } from './publisher.js';
import './settings.js';
import {
  isOwn,
  ownTarget,
  place,
  playlistUrl,
  problemsOf,
  recallTarget,
  rememberTarget,
  type Target,
} from './target.js';
import { WakeLock } from './wake-lock.js';
import { watchPanel } from './watch.js';
import { signalingStatus, streamingStatus, type Status } from './words.js';

const kinds: Partial<Record<LocalSlot, Kind>> = { camera: 'video', microphone: 'audio' };
/** With less, settings are behind their title: there is no room for a second column. */
const twoColumns = '(min-width: 900px)';

/** A camera and a microphone that are streamed under a SIM number, to whatever server speaks `sim`. */
@customElement('parley-publish')
export class PublishPage extends LitElement {
  static override styles = [tokens, shared, failureStyles, noticeStyles, styles];

  /** The number in the page's address; the last one used by default. */
  @property() sim = '';
  /** What the host that served the page is shown, and no other. */
  @property({ attribute: false })
  get token(): string {
    return this.#token;
  }
  set token(token: string) {
    this.#token = token;
    this.#publisher.token = this.#ownToken;
    this.#publisher.retry();
  }
  @state() private target = recallTarget(ownTarget(location));
  /** A number that is being typed is not complained of. */
  @state() private complains = false;

  @query('[name=sim]') private field!: HTMLInputElement;

  /** As it was at first: what a person has opened stays open. */
  readonly #wide = matchMedia(twoColumns).matches;
  readonly #changed = (): void => this.requestUpdate();
  readonly #notices = new Notices(this.#changed);
  readonly #publisher = new Publisher(() => {
    if (this.#publisher.streaming === 'connected')
      this.#watch.start(playlistUrl(this.target), this.#ownToken);
    else if (!this.#publisher.running) this.#watch.stop();
    this.#wakeLock.set(this.#publisher.running);
    this.requestUpdate();
  });
  readonly #watch = new PlaylistWatch(this.#changed);
  #token = '';
  readonly #wakeLock = new WakeLock();
  readonly #media = new LocalMedia((slot, track) => {
    const kind = kinds[slot];
    if (kind) this.#publisher.setTrack(kind, track);
  }, this.#changed);

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.sim) this.target = { ...this.target, sim: this.sim };
    this.complains = this.sim !== '';
    void this.#media.start();
  }

  override disconnectedCallback(): void {
    this.#publisher.stop();
    this.#media.stop();
    super.disconnectedCallback();
  }

  protected override updated(): void {
    this.dataset.signaling = this.#publisher.signaling;
    this.dataset.streaming = this.#publisher.streaming;
  }

  protected override render(): TemplateResult {
    const media = this.#media;
    const { running } = this.#publisher;
    return html`
      <main>
        <div class="stream">
          <h1>Publish a camera</h1>
          <parley-preview .media=${media}></parley-preview>
          ${this.#failures()} ${this.#form()}
          <div class="statuses" role="status">
            ${statusCard('Signaling', 'signaling', signalingStatus(this.#publisher, this.target), this.#retry())}
            ${statusCard('Connection', 'streaming', streamingStatus(this.#publisher), nothing)}
          </div>
          ${this.#nobody()}
          ${watchPanel(this.target, this.#ownToken, this.#watch, running && this.#watch.started, (link) =>
            this.#copy(link, 'Link copied.'),
          )}
        </div>
        <div class="setting-up">
          <details class="card" ?open=${this.#wide} data-part="server">
            <summary>
              <h2>Server</h2>
              <span>${place(this.target, this.target.socketPort)}</span>
            </summary>
            <parley-publish-settings
              .target=${this.target}
              .token=${this.#ownToken}
              .locked=${running}
              @target=${({ detail }: CustomEvent<Partial<Target>>) => this.#set(detail)}
            ></parley-publish-settings>
          </details>
          <details class="card" ?open=${this.#wide} data-part="devices">
            <summary><h2>Camera and microphone</h2></summary>
            ${
              media.devices.some(({ deviceId }) => deviceId !== '')
                ? html`<parley-device-choice
                    .media=${media}
                    .listens=${false}
                    .explains=${false}
                  ></parley-device-choice>`
                : html`<p class="hint">Allow access to see your devices.</p>`
            }
          </details>
          <details class="card" data-part="debug">
            <summary><h2>Debug</h2></summary>
            <parley-publish-debug
              .publisher=${this.#publisher}
              .watch=${this.#watch}
              .target=${this.target}
              @copy=${({ detail }: CustomEvent<string>) => this.#copy(detail, 'Log copied.')}
            ></parley-publish-debug>
          </details>
        </div>
      </main>
      ${this.#notices.render()}
    `;
  }

  #form(): TemplateResult {
    const { running } = this.#publisher;
    const problem = this.complains ? problemsOf(this.target).sim : undefined;
    return html`
      <form @submit=${this.#submit}>
        <label class="field">
          SIM number
          <input
            class="input"
            name="sim"
            inputmode="numeric"
            autocomplete="off"
            maxlength="40"
            placeholder="5 to 20 digits"
            ?disabled=${running}
            aria-invalid=${problem ? 'true' : 'false'}
            aria-describedby=${problem ? 'sim-problem' : nothing}
            .value=${this.target.sim}
            @input=${(event: Event) => this.#set({ sim: (event.target as HTMLInputElement).value.trim() })}
            @change=${() => (this.complains = this.target.sim !== '')}
          />
        </label>
        ${problem ? html`<p class="problem" id="sim-problem" role="alert">${problem}</p>` : nothing}
        <button class="button ${running ? 'stop' : 'primary'}" data-action=${running ? 'stop' : 'start'}>
          ${running ? 'Stop' : 'Start streaming'}
        </button>
      </form>
    `;
  }

  #failures(): TemplateResult[] {
    const { failures, wanted, tracks } = this.#media;
    const more = tracks.size > 0 ? withoutIt : '';
    return (['camera', 'microphone'] as const).flatMap((what) => {
      const failure = failures.get(what);
      return failure && wanted[what]
        ? [failureNote(failure, more, () => void this.#media.set(what, true))]
        : [];
    });
  }

  #retry(): TemplateResult | typeof nothing {
    if (this.#publisher.signaling !== 'lost') return nothing;
    return html`<button class="button small" @click=${() => this.#publisher.retry()}>Try now</button>`;
  }

  /** The server's own words, and what to do. */
  #nobody(): TemplateResult | typeof nothing {
    const { streaming, trouble } = this.#publisher;
    if (streaming !== 'nobody' || !trouble.streaming) return nothing;
    return html`
      <div class="note" role="alert" data-failure=${trouble.streaming.code}>
        <p><b>The server says:</b> ${trouble.streaming.message}</p>
        <p>
          Open the link to watch in one other tab or on one other device and join there. The stream starts
          within two seconds. If several people are watching, all but one must leave.
        </p>
      </div>
    `;
  }

  get #ownToken(): string {
    return isOwn(this.target, location) ? this.token : '';
  }

  #set(fields: Partial<Target>): void {
    this.target = { ...this.target, ...fields };
    if (Object.keys(problemsOf(this.target)).length === 0) rememberTarget(this.target);
  }

  #submit(event: Event): void {
    event.preventDefault();
    if (this.#publisher.running) return this.#publisher.stop();
    const problems = problemsOf(this.target);
    this.complains = true;
    if (problems.sim) return this.field.focus();
    if (Object.keys(problems).length > 0) return this.#showServer();
    if (this.#media.tracks.size === 0) {
      return this.#notices.add(
        'There is nothing to stream: allow or plug in a camera or a microphone first.',
      );
    }
    rememberTarget(this.target);
    this.#publisher.token = this.#ownToken;
    this.#publisher.start(this.target);
  }

  #showServer(): void {
    const part = this.renderRoot.querySelector<HTMLDetailsElement>('[data-part=server]');
    if (part) part.open = true;
    this.#notices.add('Correct the server’s settings first.');
  }

  async #copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#notices.add(done);
    } catch {
      this.#notices.add('The browser does not allow copying here. Select the text instead.');
    }
  }
}

const statusCard = (
  title: string,
  name: string,
  { tone, title: state, words }: Status,
  action: TemplateResult | typeof nothing,
): TemplateResult => html`
  <section class="status ${tone}" data-status=${name}>
    <h2>${title}</h2>
    <strong>${state}</strong>
    <p>${words}</p>
    ${action}
  </section>
`;

declare global {
  interface HTMLElementTagNameMap {
    'parley-publish': PublishPage;
  }
}
