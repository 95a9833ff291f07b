const kinds: Record<string, string> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  'screen-sound': 'audio',
};
/** Of a slot's name, as the wire protocol has it. */
const longest = 64;

/** Throws where no slot of this name, which is of this kind if it is open, can send this track. */
export function checkTrack(slot: string, track: MediaStreamTrack | null, kind = kinds[slot]): void {
  const check = (holds: boolean, words: string): void => {
    if (!holds) throw new TypeError(`setTrack: ${words}`);
  };
  const bytes = typeof slot === 'string' ? new TextEncoder().encode(slot).length : 0;
  check(bytes > 0 && bytes <= longest, `a slot is named by a string of 1 to ${longest} bytes.`);
  if (track === null) return;
  // By its class's name, which ends so in all browsers: a track of another frame is one, too.
  const isTrack = /StreamTrack\]$/.test(Object.prototype.toString.call(track));
  check(isTrack, 'a slot takes a MediaStreamTrack or null, and not a stream, for instance.');
  check(
    track.readyState === 'live',
    `this ${track.kind} track has ended; open the device again for another.`,
  );
  check(!kind || track.kind === kind, `the slot "${slot}" takes a track of kind ${kind}, not ${track.kind}.`);
}
