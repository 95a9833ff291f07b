import { recent } from './recent.js';
import { fragmentIn, pathOf, randomRoomName, roomFrom } from './room-name.js';

/** /: make a room, join one, or go back to one. */
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

function suggest(): void {
  const name = randomRoomName();
  element<HTMLAnchorElement>('make').href = pathOf(name);
  element('name').textContent = name;
}

suggest();
element('another').addEventListener('click', suggest);

const field = element<HTMLInputElement>('room');

function complain(problem: string): void {
  element('problem').textContent = problem;
  field.setAttribute('aria-invalid', String(problem !== ''));
}

element('join').addEventListener('submit', (event) => {
  event.preventDefault();
  const typed = roomFrom(field.value, location.href);
  if ('room' in typed) {
    const fragment = fragmentIn(field.value, location.href);
    return typed.room !== '' && location.assign(pathOf(typed.room) + fragment);
  }
  complain(typed.problem);
  field.focus();
});
field.addEventListener('input', () => complain(''));

const list = element('recent');
for (const room of recent()) {
  const link = document.createElement('a');
  link.href = pathOf(room);
  link.textContent = room;
  const item = document.createElement('li');
  item.append(link);
  list.querySelector('ul')!.append(item);
  list.hidden = false;
}
