import type { SleepSignal } from '../ports/clock.ts';

/**
 * Tells whatever runs beside the work of one message that the work is over. It is a signal that is never shown to a handler:
 * an AbortController makes an event for each abort, and was a tenth of what a guard without I/O costs.
 */
export class EndOfWork implements SleepSignal {
  readonly #listeners = new Set<() => void>();
  #isOver = false;

  get aborted(): boolean {
    return this.#isOver;
  }

  /** One for all: made anew, it would cost a stack trace for each message. */
  get reason(): Error {
    return workIsOver;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  tell(): void {
    this.#isOver = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

const workIsOver = new Error('The work is over.');
