import { claimIn, claimsOf } from '../shim/claims.js';

/** What a token is to people that says their name. */
export type Giver = '' | 'account' | 'invitation';

/** The name that its holder goes by; empty where it says none. */
export const nameIn = (token: string): string => claimIn(token, 'name');

/** When it ends, in milliseconds since 1970; 0 where it does not say. */
export const endOf = (token: string): number => Number(claimsOf(token).exp ?? 0) * 1000;

/** Whether its holder may do this; one without `may` lets its holder do what people usually do. */
export function mayIn(token: string, word: string): boolean {
  const { may = ['join', 'watch', 'call'] } = claimsOf(token);
  return token !== '' && (Array.isArray(may) ? may.includes(word) : may === word);
}
