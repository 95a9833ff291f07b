import { invitationFailure, isAboutInvitation } from './invitation.js';
import { bytesOf, isolate } from './name.js';

/** What is wrong with a field, or with none of them. */
export interface Problem {
  about: 'name' | 'password' | 'newPassword' | '';
  words: string;
}

const badName =
  'A name has 2 to 32 letters (a to z) and digits. After the first, dots, hyphens and underscores are allowed, too.';
const shortest = 8;
const longestBytes = 128;

/** What a host would object to in a new name or password. */
export const nameProblem = (name: string): Problem | null =>
  /^[a-z\d][a-z\d._-]{1,31}$/i.test(name) ? null : { about: 'name', words: badName };

export function passwordProblem(password: string, about: Problem['about']): Problem | null {
  if ([...password].length < shortest) return { about, words: `Use at least ${shortest} characters.` };
  if (bytesOf(password) > longestBytes)
    return { about, words: 'This password is too long. Use a shorter one.' };
  return null;
}

/** Why a host did not do what was asked of it for an account. */
export function accountFailure(error: unknown, name: string): Problem {
  if (error instanceof TypeError)
    return {
      about: '',
      words: 'The host cannot be reached. Check your internet connection, then try again.',
    };
  const { code = '', message } = error as Error & { code?: string };
  if (isAboutInvitation({ code, message })) {
    const words = invitationFailure({ code, message }, 'Only invited people can create an account here');
    return { about: '', words: words.join('. ') };
  }
  switch (code) {
    case 'name-taken':
      return { about: 'name', words: `The name “${isolate(name)}” is already in use. Choose another name.` };
    case 'bad-name':
      return { about: 'name', words: badName };
    case 'bad-password':
      return { about: 'newPassword', words: message };
    case 'wrong-password':
      return { about: 'password', words: 'Wrong password.' };
    default:
      return { about: '', words: message };
  }
}
