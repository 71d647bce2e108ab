/** How long a turn may have lasted and still take on the work of another answer. */
const roomMs = 0.5;

/**
 * Shares turns of the event loop among answers that arrive together, so that what follows from one is sent before all the
 * others are worked on. undici writes a request on a connection that was used before in the loop's check phase only, which
 * comes after all answers that have arrived: with 64 requests under way, each would wait for the work on a dozen answers.
 *
 * Source: Node.js, "The Node.js Event Loop", check phase.
 */
export class EventLoopTurns {
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #isBegun = false;
  /** When the turn that has begun has no more room. */
  #fullAt = 0;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Resolves in the first turn with room, in the order in which it was asked. At once, if that is this turn. */
  room(): Promise<void> {
    if (!this.#isBegun) {
      this.#begin();
      afterMicrotasks(this.#end);
      return Promise.resolve();
    }
    // It has room as long as nobody waits for the next one.
    if (this.#now() < this.#fullAt) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #begin(): void {
    this.#isBegun = true;
    this.#fullAt = this.#now() + roomMs;
  }

  readonly #end = (): void => {
    setImmediate(() => {
      this.#isBegun = false;
      if (this.#waiting.length === 0) return;
      this.#begin();
      this.#goOn();
    });
  };

  readonly #goOn = (): void => {
    const next = this.#now() < this.#fullAt ? this.#waiting.shift() : undefined;
    if (next === undefined) {
      this.#end();
      return;
    }
    next();
    afterMicrotasks(this.#goOn);
  };
}

/** Calls back when the promises of the work before have gone as far as they can: its requests are with undici then. */
const afterMicrotasks = (callback: () => void): void => queueMicrotask(() => process.nextTick(callback));
