/** What is counted of one delivery, or one submission, across its spans. */
export class DeliveryFigures {
  readonly destination: string;
  /** Requests to the store. */
  requests = 0;
  /** When the first wait for the lock began, and when the lock was acquired: `performance.now()`. */
  waitingSince: number | undefined;
  heldSince: number | undefined;

  constructor(destination: string) {
    this.destination = destination;
  }
}
