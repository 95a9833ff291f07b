/**
 * The token of an invitation. It comes in the fragment of a link, `/r/blue-otter#token=…`, which browsers send to no
 * server, and leaves the address at once: a link that is copied from there, or a bookmark, invites nobody. It stays with
 * the tab, for a reload.
 *
 * `renewed` is told when a newer link to the same page is opened in this tab, which loads nothing.
 */
export function invitation(renewed: (token: string) => void): string {
  addEventListener('hashchange', () => {
    const token = take();
    if (token) renewed(token);
  });
  return take() || recall();
}

const key = (): string => `parley-token:${location.pathname}`;

function take(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (!token) return '';
  history.replaceState(history.state, '', location.pathname + location.search);
  try {
    sessionStorage.setItem(key(), token);
  } catch {
    // Storage is blocked: a reload needs the link again.
  }
  return token;
}

function recall(): string {
  try {
    return sessionStorage.getItem(key()) ?? '';
  } catch {
    return '';
  }
}
