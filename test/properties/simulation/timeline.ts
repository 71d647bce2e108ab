/** Who did what when, for whoever has to understand a failed run. */
export class Timeline {
  readonly #now: () => number;
  readonly #lines: string[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  tell(who: string, what: string): void {
    this.#lines.push(`${(this.#now() / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(7)} ${what}`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
