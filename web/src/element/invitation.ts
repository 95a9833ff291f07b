import type { Reason } from '../shim/index.js';

// What programs call a token is an invitation to people: somebody gave them a link.

type Words = [title: string, advice: string];

const codes: Record<string, Words> = {
  'token-expired': ['Your invitation has ended', 'Ask for a new one.'],
  'token-not-yet-valid': ['Your invitation is not valid yet', 'Try again later, or ask for a new one.'],
  'token-room': [
    'This invitation is for another room',
    'Open the link that you were sent, or ask for a new one.',
  ],
  'token-right': ['Your invitation does not allow this', 'Ask for another one.'],
  'token-name': ['This invitation is for another name', ''],
};

const notValid: Words = ['This invitation is not valid here', 'Ask for a new link.'];

/** Errors about tokens: each is about what this person may do, and all their codes begin alike. */
export const isAboutInvitation = ({ code }: Reason): boolean => code.startsWith('token-');

/** Why an invitation does not do; `uninvited` is said to who has none. */
export function invitationFailure({ code, message }: Reason, uninvited: string): Words {
  if (code === 'token-required') return [uninvited, 'Ask for a link.'];
  const [title, advice] = codes[code] ?? notValid;
  return [title, advice || message];
}

/** An application that renews does so at once, and nobody needs to hear of it. */
const renewsWithinMs = 5_000;
const warning = 'Your invitation ends in less than a minute.';

/** Tells the person of an end that is near, unless a newer token comes first. */
export class InvitationEnd {
  readonly #tell: (words: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (words: string) => void) {
    this.#tell = tell;
  }

  near(): void {
    this.renewed();
    this.#timer = setTimeout(() => this.#tell(warning), renewsWithinMs);
  }

  renewed(): void {
    clearTimeout(this.#timer);
  }
}
