/** Compiles only while parley.d.ts says of parley.ts what is true, and README.md's examples are what it says. */
import type * as declared from './parley.js';
import { Accounts, Directory, ParleyRoomElement, Room } from '../src/parley.js';

export const room: new (options: declared.RoomOptions) => declared.Room = Room;
export const element: new () => Omit<declared.ParleyRoomElement, never> = ParleyRoomElement;
export const directory: new (options: declared.DirectoryOptions) => declared.Directory = Directory;
export const accounts: new (options?: { url?: string | URL }) => declared.Accounts = Accounts;

export function rooms(room: declared.Room): void {
  room.addEventListener('track', ({ detail: { slot, track } }) => {
    document.querySelector<HTMLMediaElement>(`#${slot}`)!.srcObject = new MediaStream([track]);
  });
  room.addEventListener('message', ({ detail: { peer, text } }) => console.log(peer.name, text));
  room.addEventListener('token-ends', ({ detail: { seconds } }) => room.renew(`after ${seconds - 1} s`));
  room.addEventListener('peer-joined', ({ detail: { peer } }) => console.log(peer.identity.length));
  room.addEventListener('lobby', ({ detail: { waiting } }) => waiting.forEach(({ id }) => room.admit(id)));
  room.addEventListener('rules', ({ detail: { rules } }) => console.log(rules.share === 'moderators'));
  room.addEventListener('role', ({ detail: { moderator } }) => moderator && room.setRules({ locked: true }));
  room.addEventListener('asked', ({ detail: { what, by } }) =>
    console.log(by?.name, room.setTrack(what, null)),
  );
  void room
    .invite({ may: ['join'], seconds: 3600 })
    .then(({ link, ends }) => console.log(link, ends.getTime()));
  // @ts-expect-error: a moderator cannot turn on what is somebody else's.
  room.ask('peer', 'everything');
  const heard = ({ detail }: CustomEvent<declared.RoomEvents['error']>): void => console.log(detail.message);
  room.addEventListener('error', heard, { once: true });
  room.removeEventListener('error', heard);
  // @ts-expect-error: a peer-left has no track.
  room.addEventListener('peer-left', ({ detail: { track } }) => console.log(track));
  room.addEventListener('an event of the page’s own', () => undefined);
}

export function elements(element: declared.ParleyRoomElement): void {
  element.addEventListener('peer-joined', ({ detail: { peer } }) => console.log(peer.name));
  element.addEventListener('refused', ({ detail: { title, advice } }) => console.log(title, advice));
  element.addEventListener('error', ({ detail: { message } }) => console.log(message));
  element.addEventListener('token-ends', () => (element.token = 'a newer one'));
  element.addEventListener('click', ({ clientX }) => console.log(clientX));
  const left = (): void => undefined;
  element.addEventListener('left', left);
  element.removeEventListener('left', left);
  // @ts-expect-error: a refusal names nobody.
  element.addEventListener('refused', ({ detail: { peer } }) => console.log(peer));
  element.addEventListener('an event of the page’s own', () => undefined);
}

export function calls(directory: declared.Directory): void {
  directory.addEventListener('token-ends', ({ detail: { seconds } }) => directory.renew(`${seconds}`));
  directory.addEventListener('users', ({ detail: { users } }) => console.log(users.map((user) => user.name)));
  directory.addEventListener('call', ({ detail: { call } }) => {
    if (call.state === 'incoming') directory.accept();
    if (call.state === 'accepted') new Room({ room: call.room, peer: 'ada' }).join();
    if (call.state === 'idle') console.log(call.name, call.reason.message);
  });
}

export async function signIns(accounts: declared.Accounts): Promise<void> {
  const { name, token, ends } = await accounts.signIn('ada', 'a long password');
  console.log(ends.getTime(), new Directory({ name, token }).users);
  const { calls } = await accounts.show(token);
  console.log(calls.filter(({ outcome, direction }) => outcome === 'missed' && direction === 'incoming'));
  if ((await accounts.registration()) === 'invited') await accounts.register('bola', 'another one', token);
}
