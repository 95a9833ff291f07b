import '../element/index.js';
import { keptToken } from '../element/kept-token.js';
import { isolate } from '../element/name.js';
import { nameAfter } from './address.js';
import { joinsAtOnce } from './autojoin.js';
import { remember } from './recent.js';
import { invitation } from './token.js';

/** Where live/bar.ts was built to (web/build.mjs). */
declare const liveBarModule: string;

/**
 * /r/{room}: the address names the room, `?name=` the person, and `?autojoin` skips the lobby (autojoin.ts). `#token=` is an
 * invitation (token.ts); without one, who is signed in to an account comes in by that.
 */
const query = new URLSearchParams(location.search);
const room = nameAfter('/r/', location.pathname);

const element = document.createElement('parley-room');
element.room = room;
element.link = location.origin + location.pathname;
element.home = '/';
element.token =
  invitation((token) => {
    element.token = token;
    // A newer link is opened by who was not let in with the one before.
    if (element.dataset.phase === 'refused') element.join();
  }) || keptToken();
element.autojoin = joinsAtOnce();
element.noCamera = query.has('no-camera');
element.noMicrophone = query.has('no-microphone');
element.name = query.get('name') ?? element.name;

document.title = `${isolate(room)} – Parley`;
document.body.append(element);
element.addEventListener('joined', () => remember(room));
element.addEventListener('refused', ({ detail }) => {
  // A sign-in that has ended keeps nobody out whom the room takes as a guest.
  if (!element.token || element.token !== keptToken() || !detail.code.startsWith('token-')) return;
  element.token = '';
  // Once this stay has said all that it has to say.
  queueMicrotask(() => element.join());
});
const { title } = document;
element.addEventListener('unread', (event) => {
  const { count } = (event as CustomEvent<{ count: number }>).detail;
  document.title = count > 0 ? `(${count}) ${title}` : title;
});

// What nobody needs for joining waits until that is over: the tab's icon is drawn by the same thread. (Idle callbacks
// come too early: waiting for an answer is idle, too.)
const laterMs = 1_000;
setTimeout(() => {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (icon?.dataset.href) icon.href = icon.dataset.href;
  loadLiveBar();
}, laterMs);

/** A call without it is a call all the same; a host that is away at that moment is asked again once it may be back. */
function loadLiveBar(): void {
  import(liveBarModule)
    .then(({ LiveBar }: typeof import('./live/bar.js')) => new LiveBar(element))
    .catch(() => element.addEventListener('state', loadLiveBar, { once: true }));
}
