// Of the account that this browser is signed in to: for the tab alone, or until somebody signs out.
const key = 'parley.account';

export function keptToken(): string {
  try {
    return sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? '';
  } catch {
    return ''; // Storage is blocked: whoever signs in is signed in until the page is closed.
  }
}

export function keepToken(token: string, stays: boolean): void {
  forgetToken();
  attempt(() => (stays ? localStorage : sessionStorage).setItem(key, token));
}

/** A newer one, kept where the one before is. */
export function replaceToken(token: string): void {
  attempt(() => {
    for (const storage of [sessionStorage, localStorage])
      if (storage.getItem(key) !== null) storage.setItem(key, token);
  });
}

export function forgetToken(): void {
  attempt(() => {
    for (const storage of [sessionStorage, localStorage]) storage.removeItem(key);
  });
}

/** Another tab of this browser has signed in, signed out, or has a newer token. */
export function followToken(changed: () => void): () => void {
  const listen = ({ key: which, storageArea }: StorageEvent): void => {
    if (which === key && storageArea === localStorage) changed();
  };
  addEventListener('storage', listen);
  return () => removeEventListener('storage', listen);
}

function attempt(store: () => void): void {
  try {
    store();
  } catch {
    // As above.
  }
}
