import { preferences } from '../element/preferences.js';

const most = 4;

/** The rooms this browser was in, the latest first. */
export const recent = (): string[] => preferences.get('recent').split('\n').filter(Boolean);

export function remember(room: string): void {
  preferences.set('recent', [room, ...recent().filter((other) => other !== room)].slice(0, most).join('\n'));
}
