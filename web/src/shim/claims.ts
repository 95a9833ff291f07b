export interface Claims {
  sub?: unknown;
  name?: unknown;
  exp?: unknown;
  may?: unknown;
}

/** What a token says, before the host has checked it; nothing where it is no JSON Web Token (RFC 7519). */
export function claimsOf(token: string): Claims {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    return (JSON.parse(new TextDecoder().decode(bytes)) as Claims | null) ?? {};
  } catch {
    return {};
  }
}

/** Its subject, or its holder's name; empty where it says none. */
export function claimIn(token: string, claim: 'sub' | 'name'): string {
  const value = claimsOf(token)[claim];
  return typeof value === 'string' ? value : '';
}
