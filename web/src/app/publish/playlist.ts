export interface Playlist {
  kind: 'playlist';
  status: number;
  /** Where it was found: the host may lead a token's holder to an address that needs none. */
  url: string;
  segments: number;
  /** Of the first segment (EXT-X-MEDIA-SEQUENCE). */
  sequence: number;
  /** How often what is in it has begun anew, those times included that it does not list any more. */
  discontinuities: number;
  ended: boolean;
}

/** What an honest GET of a stream's playlist finds. */
export type Found =
  | Playlist
  /** `says` is the server's own sentence, where it has one. */
  | { kind: 'absent'; status: number; says: string }
  /** The server lets nobody have it who shows no token, or another one (RFC 6750 3.1). */
  | { kind: 'refused'; status: number }
  | { kind: 'other'; status: number; type: string }
  /** Something answers, and lets no page of another site read what (Fetch: CORS). */
  | { kind: 'unreadable' }
  | { kind: 'silent' };

/** A server on the same continent answers in a fraction of this. */
export const answerWithinMs = 5_000;

/** `token`: what the server is shown. */
export async function lookFor(url: string, token = ''): Promise<Found> {
  try {
    const response = await get(url, 'cors', token);
    const text = await response.text();
    // RFC 8216 4.3.1.1: the first line of every playlist.
    if (response.ok && text.startsWith('#EXTM3U'))
      return {
        kind: 'playlist',
        status: response.status,
        url: response.url,
        segments: count(text, /^#EXTINF:/gm),
        sequence: numberOf(text, /^#EXT-X-MEDIA-SEQUENCE:(\d+)/m),
        discontinuities:
          numberOf(text, /^#EXT-X-DISCONTINUITY-SEQUENCE:(\d+)/m) +
          count(text, /^#EXT-X-DISCONTINUITY\s*$/gm),
        ended: /^#EXT-X-ENDLIST$/m.test(text),
      };
    const type = response.headers.get('content-type') ?? 'no type';
    if (response.status === 404)
      return { kind: 'absent', status: 404, says: type.startsWith('text/plain') ? text.trim() : '' };
    if (response.status === 401 || response.status === 403)
      return { kind: 'refused', status: response.status };
    return { kind: 'other', status: response.status, type };
  } catch {
    return (await answersHttp(url)) ? { kind: 'unreadable' } : { kind: 'silent' };
  }
}

/** Whether there is something to see now. */
export const isPlayable = (found: Found): found is Playlist =>
  found.kind === 'playlist' && found.segments > 0 && !found.ended;

/** Whether a playlist that was seen before has begun anew: with another publisher's media, or one's own after a pause. */
export const beganAnew = (before: Playlist, now: Playlist): boolean =>
  now.discontinuities !== before.discontinuities || now.sequence < before.sequence;

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
const numberOf = (text: string, what: RegExp): number => Number(what.exec(text)?.[1] ?? 0);

/** Whether any web server is at this address, readable or not. */
export const answersHttp = (url: string): Promise<boolean> =>
  get(url, 'no-cors').then(
    () => true,
    () => false,
  );

const get = (url: string, mode: RequestMode, token = ''): Promise<Response> =>
  fetch(url, {
    mode,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
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
    case 'refused':
      return `It is only for invited people (${found.status}).`;
    case 'other':
      return `What is there is no playlist: status ${found.status}, ${found.type}.`;
    case 'unreadable':
      return 'Something is there, but the server does not let this page read it (CORS). Open the link to see.';
    case 'silent':
      return 'Nothing answers at this address.';
  }
}
