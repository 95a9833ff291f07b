/**
 * Whether `?autojoin` is to be followed. It turns on a camera that was allowed before, so a link on another site leads to
 * the lobby: the host sees to that where browsers say from where they come (Sec-Fetch-Site), and then says so with
 * `Server-Timing: fetch-site`. For the others the referrer has to do.
 */
export function joinsAtOnce(): boolean {
  if (!new URLSearchParams(location.search).has('autojoin')) return false;
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (navigation?.serverTiming?.some(({ name }) => name === 'fetch-site')) return true;
  return document.referrer === '' || new URL(document.referrer).origin === location.origin;
}
