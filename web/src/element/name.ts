/** Of a person or a room, in bytes of UTF-8, as hosts take it. */
export const longestName = 128;

const encoder = new TextEncoder();
export const bytesOf = (text: string): number => encoder.encode(text).length;

/** What a person sees as one character may be many code points: a flag, a family, a letter with its marks. */
function characters(text: string): string[] {
  if ('Segmenter' in Intl) return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  return text.match(/(?:\P{M}\p{M}*\u200d)*\P{M}?\p{M}*/gu) ?? [];
}

/** The name, or as much of it as a host takes. */
export function fitName(name: string): string {
  const clean = name.replace(/\p{Cc}+/gu, ' ');
  if (bytesOf(clean) <= longestName) return clean;
  const take = (parts: string[]): string => {
    let taken = '';
    for (const part of parts) {
      if (bytesOf(taken + part) > longestName) break;
      taken += part;
    }
    return taken;
  };
  // One character alone may be too long: Unicode has no limit to its marks.
  return take(characters(clean)) || take([...clean]);
}

/** Keeps what is typed in a field a name that hosts take, and says so in the `<output>` behind it. */
export function keepFit(event: Event): string {
  const field = event.target as HTMLInputElement;
  // What an input method is composing must be left alone; its `compositionend` comes here, too.
  if (event instanceof InputEvent && event.isComposing) return field.value;
  const fit = fitName(field.value);
  const isCut = fit !== field.value;
  if (isCut) {
    const caret = field.selectionStart;
    field.value = fit;
    field.setSelectionRange(caret, caret);
  }
  const note = field.closest('label, .row')!.nextElementSibling as HTMLOutputElement;
  note.value = isCut ? 'A name cannot be longer than this.' : '';
  return fit;
}

const controls = /[\u202a-\u202e\u2066-\u2069]/gu;
const rightToLeft = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Without what turns text around. */
export const plain = (text: string): string => text.replace(controls, '');

/**
 * A stranger's text within a sentence: whichever way it is written, the words around it stay where they are (UAX #9). Its
 * own controls go, since they could end the isolation.
 */
export function isolate(text: string): string {
  const bare = plain(text);
  return rightToLeft.test(bare) ? `\u2068${bare}\u2069` : bare;
}
