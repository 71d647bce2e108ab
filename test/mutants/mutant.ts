/** One bug of the protocol, to be planted in a source file while the proofs run. */
export interface Mutant {
  /** What the program does wrong then. */
  readonly name: string;
  /** The file it is in, from the root of the project. */
  readonly file: string;
  /** What is replaced. It stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** What somebody would lose by it. */
  readonly danger: string;
}

/**
 * `source` with the bug in it.
 *
 * @throws Error if the mutant's text does not stand in it exactly once: the code has changed, and the mutant must, too.
 */
export function planted({ name, file, text, replacement }: Mutant, source: string): string {
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`"${name}": what it replaces stands ${source.split(text).length - 1} times in ${file}: ${text}`);
  }
  return `${before}${replacement}${after}`;
}
