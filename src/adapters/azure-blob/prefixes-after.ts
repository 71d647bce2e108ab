/** The characters of a lock's name, in their order. Source: `escapeId`. */
const alphabet: readonly string[] = Array.from('-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~');

/**
 * The prefixes that together have exactly the names behind `name` among those that begin with `prefix`, in the order of the
 * names: for a store that cannot list from a name on. They are some thousand, and most of them are empty.
 */
export function* prefixesAfter(name: string, prefix: string): Generator<string> {
  for (let length = name.length; length >= prefix.length; length -= 1) {
    const next = name[length]; // none behind the whole name: all that goes on from it comes after it
    for (const character of alphabet) {
      if (next === undefined || character > next) yield name.slice(0, length) + character;
    }
  }
}
