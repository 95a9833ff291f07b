/**
 * What a token says of its holder, for use before the host has checked it: the subject (`sub`) or the name. Empty where it
 * says nothing, or is no JSON Web Token (RFC 7519).
 */
export function claimIn(token: string, claim: 'sub' | 'name'): string {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const value = (JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>)[claim];
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}
