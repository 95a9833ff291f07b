import type { Room, RoomRules, RuleChange } from '../shim/index.js';

// The rules of a room in words.

type Switch = 'private' | 'locked' | 'waitingRoom' | 'share' | 'chat';

/** In the order in which they are shown. */
export const switches: { rule: Switch; label: string; more: string }[] = [
  { rule: 'private', label: 'Private room', more: 'Only people with an invitation can join.' },
  { rule: 'locked', label: 'Lock room', more: 'Nobody else can join.' },
  { rule: 'waitingRoom', label: 'Waiting room', more: 'You let each person in.' },
  { rule: 'share', label: 'Only moderators share', more: 'Nobody else can show a screen.' },
  { rule: 'chat', label: 'Only moderators chat', more: 'Everybody else can only read.' },
];

export const isOn = (rules: RoomRules, rule: Switch): boolean =>
  rules[rule] === true || rules[rule] === 'moderators';

export function turned(rule: Switch, on: boolean): RuleChange {
  if (rule === 'share' || rule === 'chat') return { [rule]: on ? 'moderators' : 'everybody' };
  return { [rule]: on };
}

/** What has changed, for everybody. */
const news: Record<Switch, [on: string, off: string]> = {
  private: ['Only people with an invitation can join.', 'People can join without an invitation again.'],
  locked: ['This room is locked: nobody else can join.', 'This room is open again.'],
  waitingRoom: [
    'Whoever joins waits until a moderator lets them in.',
    'People can join without waiting again.',
  ],
  share: ['Only moderators can share a screen.', 'Everybody can share a screen again.'],
  chat: ['Only moderators can write in the chat.', 'Everybody can write in the chat again.'],
};

export const changes = (before: RoomRules, now: RoomRules): string[] =>
  switches
    .filter(({ rule }) => isOn(before, rule) !== isOn(now, rule))
    .map(({ rule }) => news[rule][isOn(now, rule) ? 0 : 1]);

/** What applies now, for who did not decide it. */
export const standing = (rules: RoomRules): string[] =>
  switches.filter(({ rule }) => isOn(rules, rule)).map(({ rule }) => news[rule][0]);

/** How many people, and how soon the call ends: what there is to choose. */
export const mostPeople = [0, 2, 4, 6, 8, 10, 12, 16];
export const endsIn: [words: string, seconds: number][] = [
  ['15 minutes', 15 * 60],
  ['30 minutes', 30 * 60],
  ['1 hour', 3600],
  ['2 hours', 2 * 3600],
];

/** How many, and how long. */
export function bounds({ members, ends }: RoomRules): string[] {
  const words: string[] = [];
  if (members > 0) words.push(`At most ${members} people can be here.`);
  if (ends !== null) {
    const at = new Date(Date.now() + ends - performance.now());
    words.push(`This call ends at ${at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}.`);
  }
  return words;
}

/** Whether anybody moderates here, or has; else a call looks as if there were no such thing. */
export const isModerated = ({ moderator, peers, rules }: Room): boolean =>
  moderator ||
  rules.ends !== null ||
  rules.members > 0 ||
  switches.some(({ rule }) => isOn(rules, rule)) ||
  [...peers.values()].some((peer) => peer.moderator);

/** Why this person may not share or write, where that is so; else nothing. */
export function barred({ moderator, rules }: Room, rule: 'share' | 'chat'): string {
  if (moderator || rules[rule] === 'everybody') return '';
  return news[rule][0];
}
