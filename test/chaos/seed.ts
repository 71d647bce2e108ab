/** A seed for one part of a run, from the seed of the whole and the part's name. Source: Fowler, Noll and Vo, FNV-1a. */
export function seedOf(seed: number, part: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed} ${part}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
