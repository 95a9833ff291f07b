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

/** The room that a person meant who typed or pasted this: a link, a path or a name. */
export function roomFrom(typed: string): string {
  const text = typed.trim();
  const link = /\/r\/([^/?#]+)/.exec(text);
  if (link) {
    try {
      return decodeURIComponent(link[1]!);
    } catch {
      return link[1]!;
    }
  }
  return text.replace(/\s+/g, '-');
}

export const pathOf = (room: string): string => `/r/${encodeURIComponent(room)}`;
