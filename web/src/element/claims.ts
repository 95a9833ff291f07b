import { claimIn } from '../shim/claims.js';

/** The name that a token says its holder goes by, for showing it before the host has checked it; empty where it says none. */
export const nameIn = (token: string): string => claimIn(token, 'name');
