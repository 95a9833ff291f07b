/** Who said it; a note is of something that happened to the page. */
export type By = 'page' | 'server' | 'note';

export interface Entry {
  at: Date;
  by: By;
  /** A message's type, or a note's words. */
  title: string;
  /** The message as it went over the line; empty for a note. */
  text: string;
}

/**
 * Five minutes of offering again every two seconds, message and answer. A message is at most 64 KiB and mostly some
 * 5 KiB, so this is a few megabytes at worst in practice.
 */
const most = 300;

/** What went over the line and what happened besides, oldest first; what no longer fits is counted. */
export class SignalingLog {
  entries: readonly Entry[] = [];
  dropped = 0;

  add(by: By, title: string, text = ''): void {
    const all = [...this.entries, { at: new Date(), by, title, text }];
    this.dropped += Math.max(0, all.length - most);
    this.entries = all.slice(-most);
  }

  /** A message, under its type and, of an error, its code. */
  message(by: By, text: string): void {
    this.add(by, titleOf(text), text);
  }

  /** For a bug report. */
  toString(): string {
    const lines = this.entries.map(({ at, by, title, text }) =>
      [at.toISOString(), by, text || title].join('  '),
    );
    return [...(this.dropped ? [`(${this.dropped} earlier ones were dropped)`] : []), ...lines].join('\n');
  }
}

function titleOf(text: string): string {
  try {
    const { type, code } = JSON.parse(text) as { type?: unknown; code?: unknown };
    return [type, code].filter((part) => typeof part === 'string').join(': ') || 'no type';
  } catch {
    return 'not JSON';
  }
}
