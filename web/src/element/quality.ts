import type { LinkState, PeerStats } from '../shim/index.js';

/** A connection at a glance: 0 to 4 bars, and the words for those who do not see them. */
export interface Quality {
  bars: 0 | 1 | 2 | 3 | 4;
  words: string;
}

/**
 * ITU-T G.114 has conversation comfortable up to 150 ms one way and troubled beyond 400 ms; video shows loss from about
 * 2 % and speech suffers from about 5 %.
 */
export function quality(state: LinkState, stats: PeerStats | undefined): Quality {
  if (state !== 'connected') return { bars: 0, words: stateWords[state] };
  const trip = stats?.roundTripTime ?? 0;
  const loss = stats?.lossRate ?? 0;
  if (trip > 0.8 || loss > 0.1) return { bars: 1, words: 'Bad connection' };
  if (trip > 0.4 || loss > 0.05) return { bars: 2, words: 'Weak connection' };
  if (trip > 0.2 || loss > 0.02) return { bars: 3, words: 'Good connection' };
  return { bars: 4, words: 'Very good connection' };
}

export const stateWords: Record<LinkState, string> = {
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  lost: 'Connection lost',
};
