/** How many deliveries are worked on at once. Whoever waits for a slot gets one in the order of asking. */
export class Slots {
  readonly #onFree: () => void;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number, onFree: () => void) {
    this.#free = count;
    this.#onFree = onFree;
  }

  /** How many nobody holds or waits for. */
  get free(): number {
    return this.#free;
  }

  async take(): Promise<void> {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
  }

  release(): void {
    const next = this.#waiting.shift();
    // Handed over without becoming free in between, so that nobody who asks later gets past.
    if (next === undefined) {
      this.#free += 1;
      this.#onFree();
    } else {
      next();
    }
  }
}
