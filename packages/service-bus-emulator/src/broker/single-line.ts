import type { Consumer } from './consumer.ts';
import type { MessageLine, Take } from './message-line.ts';
import { MessageRun } from './message-run.ts';
import type { StoredMessage } from './stored-message.ts';

/** Messages in the order of their sequence numbers, consumers in the order of arrival; whoever is served goes to the end. */
export class SingleLine implements MessageLine {
  readonly #active = new MessageRun();
  readonly #consumers = new Set<Consumer>();
  #isServing = false;

  store(message: StoredMessage): void {
    if (message.state === 'active') this.#active.add(message);
  }

  offer(message: StoredMessage): void {
    this.#active.add(message);
  }

  remove(message: StoredMessage): void {
    this.#active.delete(message);
  }

  join(consumer: Consumer): void {
    this.#consumers.add(consumer);
  }

  leave(consumer: Consumer): void {
    this.#consumers.delete(consumer);
  }

  serve(take: Take): void {
    // A delivery can come back here, through a fault that ends its lock at once. The loop below then goes on with it.
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      for (const consumer of this.#consumers) {
        if (this.#active.size === 0) break;
        this.#consumers.delete(consumer);
        if (!consumer.hasRoom()) continue;
        this.#consumers.add(consumer);
        const message = this.#active.takeFirst();
        if (message === undefined) break;
        take(message, consumer.receiveMode);
        consumer.deliver(message);
      }
    } finally {
      this.#isServing = false;
    }
  }
}
