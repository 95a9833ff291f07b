/** Louder than room noise: a root mean square, 0 to 1. */
const threshold = 0.02;
/** Keeps the mark from flickering in the pauses between words. */
const holdMs = 1200;

/** Who is speaking: the loudest person, until they were silent for a while or another is clearly louder. */
export class Speakers {
  #heard = new Map<string, { level: number; at: number }>();
  active: string | null = null;

  /** Takes everyone's present level; says whether the active speaker changed. */
  update(levels: ReadonlyMap<string, number>, now: number): boolean {
    for (const [id, level] of levels) if (level > threshold) this.#heard.set(id, { level, at: now });
    let loudest: string | null = null;
    let loudness = 0;
    for (const [id, { level, at }] of this.#heard) {
      if (now - at > holdMs || !levels.has(id)) {
        this.#heard.delete(id);
        continue;
      }
      const weight = id === this.active ? level * 1.5 : level;
      if (weight > loudness) [loudest, loudness] = [id, weight];
    }
    const changed = loudest !== this.active;
    this.active = loudest;
    return changed;
  }
}
