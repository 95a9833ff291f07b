import { isolate } from '../element/name.js';
import '../element/people.js';
import type { Call } from '../shim/index.js';
import { invitation } from './token.js';

/** /people: the element, and what tells somebody who looks elsewhere that it rings. */
const element = document.querySelector('parley-people')!;
element.token = invitation((token) => (element.token = token));
const { title } = document;
let notification: Notification | null = null;

element.addEventListener('call', (event) => {
  const { call } = (event as CustomEvent<{ call: Call }>).detail;
  document.title = titleOf(call);
  notification?.close();
  notification =
    call.state === 'incoming' && document.hidden ? notify(`${isolate(call.name)} is calling you`) : null;
});

function titleOf({ state, name: given }: Call): string {
  const name = isolate(given);
  switch (state) {
    case 'idle':
      return title;
    case 'incoming':
      return `${name} is calling you – Parley`;
    case 'outgoing':
      return `Calling ${name} … – Parley`;
    case 'accepted':
      return `${name} – Parley`;
  }
}

/** Only where it is allowed already: nobody is asked. */
function notify(words: string): Notification | null {
  if (globalThis.Notification?.permission !== 'granted') return null;
  try {
    const shown = new Notification(words, { tag: 'parley-call', requireInteraction: true });
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
    });
    return shown;
  } catch {
    return null; // Chrome on Android has them for service workers alone.
  }
}
