/** What follows a prefix in a page's path: `/r/blue%20otter` after `/r/` is "blue otter". */
export function nameAfter(prefix: string, path: string): string {
  if (!path.startsWith(prefix)) return '';
  const name = path.slice(prefix.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // A stray percent sign is part of a name, too.
  }
}
