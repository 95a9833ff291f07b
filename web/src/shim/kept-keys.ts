type Entry = [host: string, own: string, theirs: string, key: string];

const storageKey = 'parley:verified';
const mostEntries = 500;

/**
 * The keys of people that this person has compared, by host and both identities; the oldest go first. A browser without
 * storage, or with a full one, remembers nothing, and everything else works.
 */
export class KeptKeys {
  readonly #host: string;
  readonly #own: string;

  /** `own` is this person's identity; without one, nothing is remembered. */
  constructor(host: string, own: string) {
    this.#host = host;
    this.#own = own;
  }

  recall(identity: string): string {
    return read().find(this.#isOf(identity))?.[3] ?? '';
  }

  /** An empty key: forgets what there is. */
  remember(identity: string, key: string): void {
    if (!this.#own) return;
    const isOf = this.#isOf(identity);
    const entries = read().filter((entry) => !isOf(entry));
    if (key) entries.push([this.#host, this.#own, identity, key]);
    try {
      localStorage.setItem(storageKey, JSON.stringify(entries.slice(-mostEntries)));
    } catch {
      // As above.
    }
  }

  #isOf(identity: string): (entry: Entry) => boolean {
    return ([host, own, theirs]) =>
      this.#own !== '' && host === this.#host && own === this.#own && theirs === identity;
  }
}

function read(): Entry[] {
  try {
    const entries: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    return [];
  }
}

const isEntry = (entry: unknown): entry is Entry =>
  Array.isArray(entry) && entry.length === 4 && entry.every((part) => typeof part === 'string');
