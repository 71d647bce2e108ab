import type { WorkSlot } from '../../application/ports/work-slot.ts';
import type { Slots } from './slots.ts';

/** One delivery's right to be worked on: one of the receiver's slots. */
export class DeliverySlot implements WorkSlot {
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

  /** Slots go to whoever asked first. */
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
