interface Claims {
  name?: unknown;
  exp?: unknown;
  may?: unknown;
}

/** What a token says, before the host has checked it; nothing where it is no JSON Web Token (RFC 7519). */
function claimsOf(token: string): Claims {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    return (JSON.parse(new TextDecoder().decode(bytes)) as Claims | null) ?? {};
  } catch {
    return {};
  }
}

/** What a token is to people that says their name. */
export type Giver = '' | 'account' | 'invitation';

/** The name that its holder goes by; empty where it says none. */
export function nameIn(token: string): string {
  const { name } = claimsOf(token);
  return typeof name === 'string' ? name : '';
}

/** When it ends, in milliseconds since 1970; 0 where it does not say. */
export const endOf = (token: string): number => Number(claimsOf(token).exp ?? 0) * 1000;

/** Whether its holder may do this; one without `may` lets its holder do what people usually do. */
export function mayIn(token: string, word: string): boolean {
  const { may = ['join', 'watch', 'call'] } = claimsOf(token);
  return token !== '' && (Array.isArray(may) ? may.includes(word) : may === word);
}
