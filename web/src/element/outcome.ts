import type { Reason } from '../shim/index.js';
import { isolate } from './name.js';

/** A call that is over, and all that its end is put in words from. */
export interface PastCall {
  name: string;
  direction: 'incoming' | 'outgoing';
  /** It was this person who ended it. */
  own: boolean;
  reason: Reason;
}

/** How a call ended, as the person hears it. */
export function outcome({ name: given, direction, own, reason }: PastCall): string {
  const name = isolate(given);
  switch (reason.code) {
    case 'rejected':
      return own ? `You rejected the call from ${name}.` : `${name} rejected your call.`;
    case 'busy':
      return `${name} is in another call.`;
    case 'timed-out':
      return direction === 'incoming' ? `You missed a call from ${name}.` : `${name} did not answer.`;
    case 'cancelled':
      return own ? `You cancelled the call to ${name}.` : `You missed a call from ${name}.`;
    case 'offline':
      return `${name} is no longer online.`;
    case 'gone':
      return `${name}’s connection was lost.`;
    case 'too-many-rings':
      return `${name} was not called. ${reason.message}`;
    case 'ended':
      return own ? `Your call with ${name} is over.` : `${name} hung up.`;
    default:
      return `The call with ${name} could not continue. ${reason.message}`;
  }
}
