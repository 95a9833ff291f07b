/** What a person chose, remembered in this browser. A browser that forbids storage just forgets. */
export const preferences = {
  get(key: string): string {
    try {
      return localStorage.getItem(`parley.${key}`) ?? '';
    } catch {
      return '';
    }
  },

  set(key: string, value: string): void {
    try {
      localStorage.setItem(`parley.${key}`, value);
    } catch {
      // Private windows and sandboxed frames have no storage; nothing depends on it.
    }
  },
};
