import type { Receiver } from 'rhea';

/** How many messages a client may send before it hears from us; the SDK sleeps a second whenever it has no credit. */
const windowSize = 2000;
const topUp = 500;

/** Keeps a link in credit on which a client sends. */
export class CreditWindow {
  readonly #link: Receiver;
  #used = 0;

  constructor(link: Receiver) {
    this.#link = link;
    link.add_credit(windowSize);
  }

  /** To be called for each message. */
  use(): void {
    this.#used += 1;
    if (this.#used < topUp) return;
    this.#used = 0;
    this.#link.add_credit(topUp);
  }
}
