import type { Slots } from './slots.ts';

/** The right of one delivery to be worked on. A delivery that only waits parks: another one works meanwhile. */
export interface Slot {
  /** Gives the right up, at once. Without effect if it is parked already. */
  park(): void;
  /** Resolves when there is a slot again, after all who asked before. At once if it is not parked. */
  unpark(): Promise<void>;
}

export class DeliverySlot implements Slot {
  readonly #slots: Slots;
  readonly #onPark: () => void;
  #taking: Promise<void> | undefined;
  #hasEnded = false;

  /** Starts without a slot. */
  constructor(slots: Slots, onPark: () => void) {
    this.#slots = slots;
    this.#onPark = onPark;
  }

  park(): void {
    if (this.#taking === undefined) return;
    this.#onPark();
    this.#release();
  }

  unpark(): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    this.#taking ??= this.#slots.take();
    return this.#taking;
  }

  /** For the end of the delivery: from now on nothing has an effect. */
  end(): void {
    this.#hasEnded = true;
    this.#release();
  }

  #release(): void {
    const taking = this.#taking;
    this.#taking = undefined;
    // A slot that is still being waited for is given up when its turn comes.
    void taking?.then(() => this.#slots.release());
  }
}
