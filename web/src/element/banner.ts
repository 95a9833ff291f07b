import { html, nothing, type TemplateResult } from 'lit';
import type { Room } from '../shim/index.js';
import { roomFailure, withoutIt, type Failure } from './failure.js';
import * as icons from './icons.js';
import type { LocalMedia } from './media.js';

/** What stands between this person and the room: the host out of reach, or a device that does not work. */
export function banner(room: Room, media: LocalMedia, changed: () => void): TemplateResult | typeof nothing {
  if (isCutOff(room)) {
    const calm = room.peers.size > 0 ? 'Your call continues.' : '';
    return strip(roomFailure(room.reason), calm, { 'Retry now': () => room.retry() });
  }
  for (const what of ['camera', 'microphone', 'screen'] as const) {
    const failure = media.failures.get(what);
    if (!failure || (what !== 'screen' && !media.wanted[what])) continue;
    const dismiss = (): void => {
      media.failures.delete(what);
      if (what !== 'screen') media.wanted[what] = false;
      changed();
    };
    return strip(failure, withoutIt, {
      'Try again': () => void media.set(what, true),
      'Go on without': dismiss,
    });
  }
  return nothing;
}

/** The room's state may also be a peer's trouble, which that peer's tile tells; the first connecting is no trouble. */
const isCutOff = (room: Room): boolean =>
  room.state !== 'connected' &&
  !(room.state === 'connecting' && ['idle', 'connecting'].includes(room.reason.code)) &&
  room.snapshot().signaling !== 'joined';

/** One line of trouble, and what can be done about it. Its looks are in banner.css. */
export const strip = (
  failure: Failure,
  more: string,
  actions: Record<string, () => void>,
): TemplateResult => html`
  <div class="banner" role="alert" data-failure=${failure.code}>
    ${icons.warning}
    <p><b>${failure.title}.</b> ${failure.advice} ${more}</p>
    ${Object.entries(actions).map(
      ([words, act]) => html`<button class="button small" @click=${act}>${words}</button>`,
    )}
  </div>
`;
