/** A time within which a client has to do something. By the machine's clock: it is about the network, not the queues. */
export class Deadline {
  readonly #ms: number;
  readonly #onMissed: () => void;
  #timeout: NodeJS.Timeout | undefined;

  constructor(ms: number, onMissed: () => void) {
    this.#ms = ms;
    this.#onMissed = onMissed;
  }

  /** Lets the time run, unless it runs already. */
  start(): void {
    this.#timeout ??= setTimeout(() => {
      this.#timeout = undefined;
      this.#onMissed();
    }, this.#ms);
  }

  /** Lets the time run from its beginning. */
  restart(): void {
    if (this.#timeout === undefined) this.start();
    else this.#timeout.refresh();
  }

  stop(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }
}
