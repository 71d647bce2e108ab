import type { Clock } from './clock.ts';
import { PriorityQueue } from './priority-queue.ts';

/** What time alone will change. */
export interface DueItem {
  /** When, in milliseconds since the Unix epoch; `Infinity`: never. */
  dueAt: number;
  /** Of two that are due at the same time the smaller comes first. */
  readonly sequenceNumber: number;
}

/** Items in the order in which they are due, with one timer for the first of them. */
export class DueItems<Item extends DueItem> {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  readonly #items = new PriorityQueue<Item>((a, b) => a.dueAt - b.dueAt || a.sequenceNumber - b.sequenceNumber);
  #alarm = noAlarm;

  /** `onDue` is called once an item is due, and has then to take it with `next`. */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Puts an item where it belongs. */
  update(item: Item, dueAt: number): void {
    this.#items.delete(item);
    item.dueAt = dueAt;
    if (dueAt !== Number.POSITIVE_INFINITY) this.#items.add(item);
  }

  delete(item: Item): void {
    this.#items.delete(item);
  }

  /** The next item that is due by now. It stays until it is updated or deleted. */
  next(): Item | undefined {
    const first = this.#items.first;
    return first !== undefined && first.dueAt <= this.#clock.now() ? first : undefined;
  }

  /** Keeps one timer, for the earliest moment. One that has become too early is left to run, and finds nothing due. */
  setAlarm(): void {
    const at = this.#items.first?.dueAt ?? Number.POSITIVE_INFINITY;
    if (at >= this.#alarm.at) return;
    this.#alarm.callOff();
    const callOff = this.#clock.callAt(at, () => {
      this.#alarm = noAlarm;
      this.#onDue();
    });
    this.#alarm = { at, callOff };
  }

  callOffAlarm(): void {
    this.#alarm.callOff();
    this.#alarm = noAlarm;
  }
}

const noAlarm = { at: Number.POSITIVE_INFINITY, callOff: () => {} };
