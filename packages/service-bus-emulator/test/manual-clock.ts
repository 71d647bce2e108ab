import type { Clock } from '../src/broker/clock.ts';

/** A clock that a test moves. It starts at the present, since the SDK compares the broker's times with its own. */
export class ManualClock implements Clock {
  #now = Date.now();
  readonly #calls = new Set<{ readonly time: number; readonly callback: () => void }>();

  /** How many calls are to come. */
  get pending(): number {
    return this.#calls.size;
  }

  now(): number {
    return this.#now;
  }

  callAt(time: number, callback: () => void): () => void {
    const call = { time, callback };
    this.#calls.add(call);
    return () => this.#calls.delete(call);
  }

  /** Moves on, and makes the calls that are due on the way, each at its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let call = this.#nextCall(end); call !== undefined; call = this.#nextCall(end)) {
      this.#calls.delete(call);
      this.#now = Math.max(this.#now, call.time);
      call.callback();
    }
    this.#now = end;
  }

  #nextCall(end: number) {
    const due = [...this.#calls].filter(({ time }) => time <= end);
    return due.sort((a, b) => a.time - b.time)[0];
  }
}
