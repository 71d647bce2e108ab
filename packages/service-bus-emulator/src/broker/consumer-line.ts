import type { StoredMessage } from './stored-message.ts';

export type ReceiveMode = 'peekLock' | 'receiveAndDelete';

/** Who waits at a queue for messages. */
export interface Consumer {
  readonly receiveMode: ReceiveMode;
  /** Whether it can take a message now. If not, it leaves the line, and joins again once it can. */
  hasRoom(): boolean;
  /** Hands over a message: locked for it, or already deleted, by its receive mode. */
  deliver(message: StoredMessage): void;
}

/** The consumers of a queue in the order of arrival; whoever is served goes to the end. */
export class ConsumerLine {
  readonly #consumers = new Set<Consumer>();
  #isServing = false;

  /** Puts a consumer at the end, unless it is already in the line. */
  join(consumer: Consumer): void {
    this.#consumers.add(consumer);
  }

  leave(consumer: Consumer): void {
    this.#consumers.delete(consumer);
  }

  /** Delivers what `takeFor` gives, until it gives nothing or nobody has room. */
  serve(hasMessage: () => boolean, takeFor: (consumer: Consumer) => StoredMessage | undefined): void {
    // A delivery can come back here, through a fault that ends its lock at once. The loop below then goes on with it.
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      for (const consumer of this.#consumers) {
        if (!hasMessage()) break;
        this.#consumers.delete(consumer);
        if (!consumer.hasRoom()) continue;
        this.#consumers.add(consumer);
        const message = takeFor(consumer);
        if (message !== undefined) consumer.deliver(message);
      }
    } finally {
      this.#isServing = false;
    }
  }
}
