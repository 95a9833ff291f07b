import { bytesOf, longestName } from '../element/name.js';
import { nameAfter } from './address.js';

/** Words that are easy to say over a phone and to type from memory. */
const adjectives =
  'amber bold brave bright brisk calm clear clever cosy crisp early easy fair fleet fond frank fresh gentle glad golden good grand green happy hazel jolly keen kind late light lively lucky mellow merry mild misty neat noble open patient plain polite proud quick quiet rapid ready rosy round royal silver simple smart snug soft solid spry steady still sunny sweet swift tidy vivid warm wide wise witty young'.split(
    ' ',
  );
const nouns =
  'acorn anchor aspen badger beacon birch bridge brook canyon castle cedar cliff cloud clover comet coral cove crane creek delta dove eagle elm ember falcon fern field finch fjord forest fox garden glade grove harbor hare haven hazel heron hill island ivy lagoon lake lantern lark laurel lemon lily linden maple marsh meadow moon mosaic oak olive orchard otter owl peach pebble pine plum poplar quail raven reef river robin sail shore sparrow spring stone swan thistle tide tulip valley violet walnut willow wren'.split(
    ' ',
  );

/** "brave-otter-427": some six million names, enough not to meet strangers and short enough to read out. */
export function randomRoomName(): string {
  const [adjective, noun, number] = crypto.getRandomValues(new Uint32Array(3)) as unknown as [
    number,
    number,
    number,
  ];
  return [adjectives[adjective % adjectives.length], nouns[noun % nouns.length], 100 + (number % 900)].join(
    '-',
  );
}

/** What a person typed or pasted: a room's name, or a link to it, is a room; anything else is told apart in words. */
export type Typed = { room: string } | { problem: string };

export function roomFrom(typed: string, here: string): Typed {
  const text = typed.trim();
  const link = linkIn(text, here);
  if (!link) return named(text.replace(/\s+/g, '-'));
  if (link.origin !== new URL(here).origin)
    return {
      problem: `This link leads to another site, ${link.host}. Open it in your browser’s address bar.`,
    };
  const room = nameAfter('/r/', link.pathname.replace(/\/+$/, ''));
  return room === '' ? { problem: 'This link leads to no room.' } : named(room);
}

/** What a link brings besides the room: an invitation (token.ts). */
export const fragmentIn = (typed: string, here: string): string => linkIn(typed.trim(), here)?.hash ?? '';

/** Links come with a scheme, as a path, or as a browser shows them: without the scheme. */
function linkIn(text: string, here: string): URL | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.startsWith('/')) return urlOf(text, here);
  return /^[^\s/]+\/r\//.test(text) ? urlOf(`${new URL(here).protocol}//${text}`) : null;
}

function urlOf(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** Browsers take these two for steps in a path (URL Standard, 4.4), however they are written. */
const named = (room: string): Typed =>
  room === '.' || room === '..'
    ? { problem: `A room cannot be called “${room}”. Choose another name.` }
    : bytesOf(room) > longestName
      ? { problem: 'This name is too long. Choose a shorter one.' }
      : { room };

export const pathOf = (room: string): string => `/r/${encodeURIComponent(room)}`;
