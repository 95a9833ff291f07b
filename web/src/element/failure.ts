import type { Reason } from '../shim/index.js';
import { invitationFailure, isAboutInvitation } from './invitation.js';
import { isolate } from './name.js';

/** What went wrong and what to do about it, in words for the person in front of the screen. */
export interface Failure {
  code: string;
  title: string;
  advice: string;
}

export type Capture = 'microphone' | 'camera' | 'screen';

const nouns: Record<Capture, string> = { microphone: 'microphone', camera: 'camera', screen: 'screen' };

/** Added where the call goes on without that device. */
export const withoutIt = 'You can go on without it.';

/** Why getUserMedia (W3C Media Capture 9.2) or getDisplayMedia did not give a track. */
export function captureFailure(error: unknown, what: Capture): Failure {
  const noun = nouns[what];
  const code = error instanceof DOMException ? error.name : String(error);
  const failure = (title: string, advice: string): Failure => ({ code, title, advice });
  switch (code) {
    case 'insecure':
      return failure(
        `No ${noun} on an insecure page`,
        `Browsers allow a ${noun} only on pages opened with https:// or on localhost. Open the link that way.`,
      );
    case 'unsupported':
      return failure(`This browser has no ${noun} access`, `Try a current browser.`);
    case 'NotAllowedError':
    case 'SecurityError':
      return failure(
        `The ${noun} is blocked`,
        `Click the ${noun} icon in the address bar and allow access, then try again.`,
      );
    case 'NotFoundError':
      return failure(`No ${noun} found`, `Plug one in or switch it on, then try again.`);
    case 'NotReadableError':
    case 'AbortError':
      return failure(
        `The ${noun} is busy`,
        `Another application or tab may be using it. Close that one, then try again.`,
      );
    case 'OverconstrainedError':
      return failure(`The chosen ${noun} is gone`, `Choose another one, or plug it in again.`);
    case 'unplugged':
      return failure(`The ${noun} was disconnected`, 'Plug it in again or choose another one.');
    default:
      return failure(`The ${noun} did not start`, `The browser says: ${code}.`);
  }
}

/** Reasons that trying again in a moment does not mend: the call page gives way to an explanation. */
const refusals: Record<string, [title: string, advice: string]> = {
  'room-full': ['This room is full', 'Wait until someone leaves and try again, or start another room.'],
  'peer-taken': [
    'You are already here',
    'This identity is in the room from another tab or device. Leave there first, then try again.',
  ],
  replaced: ['You joined from another tab', 'Your call continues there. You can move it back here.'],
  'too-many-rooms': [
    'The host has no space for another room',
    'Try again later, or join a room that exists already.',
  ],
  'address-full': [
    'Too many people are here from your network',
    'Try again when somebody on your network has left.',
  ],
  'room-locked': ['This room is locked', 'Ask somebody in it to open it, then try again.'],
  'no-such-room': ['There is no such room yet', 'Ask whoever invited you, or try again when it has begun.'],
  'not-admitted': ['You were not let in', 'Ask somebody in the room, or try again later.'],
  removed: ['You were removed from this room', 'Ask a moderator to let you in again.'],
  'room-ended': ['This call has ended', 'A moderator ended it for everybody.'],
  'core-failed': [
    'The call could not start',
    'Reload the page. If that does not help, try a current Chrome, Edge, Firefox or Safari.',
  ],
  'bad-field': [
    'This room cannot be joined',
    'The name is too long or contains characters that are not allowed.',
  ],
  'bad-room': ['There can be no such room', ''],
  'bad-name': ['Your name is too long', 'Choose a shorter one in the lobby.'],
};

/** How a room that could not be joined, or was lost, is put to the person. */
export function roomFailure(reason: Reason): Failure & { refused: boolean } {
  if (isAboutInvitation(reason)) {
    const [title, advice] = invitationFailure(reason, 'This room is only for invited people');
    return { code: reason.code, title, advice, refused: true };
  }
  const refusal = refusals[reason.code];
  if (refusal)
    return { code: reason.code, title: refusal[0], advice: refusal[1] || reason.message, refused: true };
  return {
    code: reason.code,
    title: 'No connection to the host',
    advice:
      reason.message || 'Check your internet connection. The host may be restarting; Parley keeps trying.',
    refused: false,
  };
}

/** Why somebody is not online any more, or not at the moment. */
export function onlineFailure(reason: Reason, isGuest: boolean): Failure {
  if (reason.code !== 'replaced') return roomFailure(reason);
  const advice = isGuest
    ? 'You are online in another tab, or somebody has an account of this name.'
    : 'You are online in another tab or on another device.';
  return { code: reason.code, title: 'You are no longer online here', advice };
}

/** Why somebody could not go online under a name, which may be an account's where the host keeps any. */
export function nameFailure(reason: Reason, name: string, hasAccounts: boolean): string {
  if (isAboutInvitation(reason))
    return invitationFailure(reason, 'Only invited people can go online here').join('. ');
  switch (reason.code) {
    case 'name-taken':
      return `The name “${isolate(name)}” is already in use. ${hasAccounts ? 'If it is yours, sign in. Otherwise choose' : 'Choose'} another name.`;
    case 'bad-field':
      return 'This name is too long or contains characters that are not allowed.';
    default: {
      const { title, advice } = roomFailure(reason);
      return `${title}. ${advice}`;
    }
  }
}
