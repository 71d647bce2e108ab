/** A host's right to work on one delivery. A delivery that only waits parks, so that another one works meanwhile. */
export interface WorkSlot {
  /** Gives the right up, at once. Without effect if it is parked already. */
  park(): void;
  /** Resolves when the delivery may work again. At once if it is not parked. */
  unpark(): Promise<void>;
}
