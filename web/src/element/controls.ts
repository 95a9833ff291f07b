import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import styles from './controls.css';
import * as icons from './icons.js';
import { canShareScreen, type LocalMedia } from './media.js';
import shared from './shared.css';

/** What the bar and the keyboard can ask for; each button carries its action's name in data-action. */
export type Action =
  'microphone' | 'camera' | 'screen' | 'chat' | 'people' | 'link' | 'details' | 'settings' | 'leave';
export type Panel = 'chat' | 'people' | 'details' | 'settings';

export const shortcuts: { key: string; action: Action; words: string }[] = [
  { key: 'm', action: 'microphone', words: 'Microphone on or off' },
  { key: 'v', action: 'camera', words: 'Camera on or off' },
  { key: 's', action: 'screen', words: 'Share your screen, or stop' },
  { key: 'c', action: 'chat', words: 'Open or close the chat' },
  { key: 'p', action: 'people', words: 'People in the room' },
  { key: 'l', action: 'link', words: 'Copy the room’s link' },
  { key: 'd', action: 'details', words: 'Connection details' },
  { key: '?', action: 'settings', words: 'Settings and this list' },
];

export type Shortcuts = typeof shortcuts;

interface Button {
  action: Action;
  label: string;
  icon: TemplateResult;
  style?: string;
  pressed?: boolean;
  expanded?: boolean;
  badge?: number;
  badgeWords?: string;
  /** Why it cannot be used now. */
  barred?: string;
}

/**
 * The bar at the bottom of a call.
 *
 * @fires action — detail: an Action
 */
@customElement('parley-controls')
export class Controls extends LitElement {
  static override styles = [shared, styles];

  @property({ attribute: false, hasChanged: () => true }) media!: LocalMedia;
  @property({ attribute: false }) panel: Panel | null = null;
  @property({ attribute: false }) unread = 0;
  /** Whether somebody moderates the room; how many wait to be let in. */
  @property({ attribute: false }) moderated = false;
  @property({ attribute: false }) waiting = 0;
  /** Why this person may not share a screen. */
  @property({ attribute: false }) shareBarred = '';
  @property({ attribute: false }) noLink = false;
  @property({ attribute: false }) shortcuts: Shortcuts = [];

  focusOn(action: Action): void {
    this.renderRoot.querySelector<HTMLElement>(`[data-action=${action}]`)?.focus();
  }

  protected override render(): TemplateResult {
    return html`<div role="toolbar" aria-label="Call controls">
      ${this.#buttons().map((button) => this.#button(button))}
    </div>`;
  }

  #buttons(): Button[] {
    const { microphone, camera, screen } = this.media.live;
    const panel = (action: Panel, label: string, icon: TemplateResult): Button => ({
      action,
      label,
      icon,
      expanded: this.panel === action,
    });
    return [
      {
        action: 'microphone',
        label: 'Microphone',
        icon: microphone ? icons.microphone : icons.microphoneOff,
        style: microphone ? 'device' : 'off',
        pressed: microphone,
      },
      {
        action: 'camera',
        label: 'Camera',
        icon: camera ? icons.camera : icons.cameraOff,
        style: camera ? 'device' : 'off',
        pressed: camera,
      },
      ...(canShareScreen()
        ? [
            {
              action: 'screen' as const,
              label: 'Share',
              icon: icons.screen,
              pressed: screen,
              barred: this.shareBarred,
            },
          ]
        : []),
      { ...panel('chat', 'Chat', icons.chat), badge: this.unread, badgeWords: 'unread' },
      ...(this.moderated
        ? [{ ...panel('people', 'People', icons.people), badge: this.waiting, badgeWords: 'waiting' }]
        : []),
      ...(this.noLink ? [] : [{ action: 'link' as const, label: 'Copy link', icon: icons.link }]),
      panel('details', 'Details', icons.details),
      panel('settings', 'Settings', icons.settings),
      { action: 'leave', label: 'Leave', icon: icons.leave, style: 'leave' },
    ];
  }

  #button({
    action,
    label,
    icon,
    style,
    pressed,
    expanded,
    badge,
    badgeWords,
    barred,
  }: Button): TemplateResult {
    const shortcut = this.shortcuts.find((each) => each.action === action);
    return html`
      <button
        class=${style ?? ''}
        data-action=${action}
        aria-label=${badge ? `${label}, ${badge} ${badgeWords}` : label}
        aria-disabled=${barred ? 'true' : nothing}
        aria-description=${barred || nothing}
        aria-pressed=${pressed ?? nothing}
        aria-expanded=${expanded ?? nothing}
        aria-keyshortcuts=${shortcut?.key ?? nothing}
        title=${barred ? barred : shortcut ? `${shortcut.words} (${shortcut.key.toUpperCase()})` : label}
        @click=${() => this.dispatchEvent(new CustomEvent('action', { detail: action }))}
      >
        ${icon}
        <span class="label">${label}</span>
        ${badge ? html`<span class="badge">${badge > 99 ? '99+' : badge}</span>` : nothing}
      </button>
    `;
  }
}
