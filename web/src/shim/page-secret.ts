/** What proves to the host which page this is. */
export interface PageSecret {
  /** Of this page load. */
  secret: string;
  /** Of the page that was loaded in this tab before, if one was. */
  former: string | undefined;
}

/**
 * A new secret for whoever `whom` is to the host. It stays with the tab, for the page that a reload brings: to that one
 * the host gives what this one has, as soon as this one's socket is lost. (A tab that is duplicated takes a copy along,
 * but this page is still there.)
 */
export function newSecret(...whom: string[]): PageSecret {
  const secret = randomHex(16);
  try {
    const key = `parley:${JSON.stringify(whom)}`;
    const former = sessionStorage.getItem(key) ?? undefined;
    sessionStorage.setItem(key, secret);
    return { secret, former };
  } catch {
    return { secret, former: undefined }; // Storage is blocked: a reload is then another page.
  }
}

/** So many random bytes, in hexadecimal digits. */
export function randomHex(count: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
