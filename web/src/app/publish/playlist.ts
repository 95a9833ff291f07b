/** What an honest GET of a stream's playlist finds. */
export type Found =
  | { kind: 'playlist'; status: number; segments: number; ended: boolean }
  | { kind: 'absent'; status: number }
  | { kind: 'other'; status: number; type: string }
  /** Something answers, and lets no page of another site read what (Fetch: CORS). */
  | { kind: 'unreadable' }
  | { kind: 'silent' };

/** A server on the same continent answers in a fraction of this. */
export const answerWithinMs = 5_000;

export async function lookFor(url: string): Promise<Found> {
  try {
    const response = await get(url, 'cors');
    const text = await response.text();
    // RFC 8216 4.3.1.1: the first line of every playlist.
    if (response.ok && text.startsWith('#EXTM3U'))
      return {
        kind: 'playlist',
        status: response.status,
        segments: text.match(/^#EXTINF:/gm)?.length ?? 0,
        ended: /^#EXT-X-ENDLIST$/m.test(text),
      };
    if (response.status === 404) return { kind: 'absent', status: 404 };
    return {
      kind: 'other',
      status: response.status,
      type: response.headers.get('content-type') ?? 'no type',
    };
  } catch {
    return (await answersHttp(url)) ? { kind: 'unreadable' } : { kind: 'silent' };
  }
}

/** Whether any web server is at this address, readable or not. */
export const answersHttp = (url: string): Promise<boolean> =>
  get(url, 'no-cors').then(
    () => true,
    () => false,
  );

const get = (url: string, mode: RequestMode): Promise<Response> =>
  fetch(url, {
    mode,
    cache: 'no-store',
    credentials: 'omit',
    signal: AbortSignal.timeout(answerWithinMs),
  });

/** In words, for the person who publishes. */
export function foundWords(found: Found): string {
  switch (found.kind) {
    case 'playlist':
      return `It is there, with ${found.segments} ${found.segments === 1 ? 'segment' : 'segments'}.`;
    case 'absent':
      return 'It is not there (404): the server has no media gateway, or has not got this stream yet.';
    case 'other':
      return `What is there is no playlist: status ${found.status}, ${found.type}.`;
    case 'unreadable':
      return 'Something is there, but the server does not let this page read it (CORS). Open the link to see.';
    case 'silent':
      return 'Nothing answers at this address.';
  }
}
