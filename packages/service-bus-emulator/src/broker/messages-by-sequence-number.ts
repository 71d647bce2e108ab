import type { StoredMessage } from './stored-message.ts';

const pageSize = 256;

/**
 * All messages of a queue, found by sequence number in O(1) and listed in its order from any number on. Kept in pages of
 * neighbours, so that a listing that starts late does not walk through everything before it.
 */
export class MessagesBySequenceNumber {
  readonly #pages = new Map<number, Map<number, StoredMessage>>();
  #lastPage = 0;

  get(sequenceNumber: number): StoredMessage | undefined {
    return this.#pages.get(pageOf(sequenceNumber))?.get(sequenceNumber);
  }

  /** Adds a message whose sequence number is greater than any before. */
  add(message: StoredMessage): void {
    this.#lastPage = pageOf(message.sequenceNumber);
    const page = this.#pages.get(this.#lastPage);
    if (page === undefined) this.#pages.set(this.#lastPage, new Map([[message.sequenceNumber, message]]));
    else page.set(message.sequenceNumber, message);
  }

  delete(message: StoredMessage): void {
    const number = pageOf(message.sequenceNumber);
    const page = this.#pages.get(number);
    page?.delete(message.sequenceNumber);
    if (page?.size === 0) this.#pages.delete(number);
  }

  *from(sequenceNumber: number): Generator<StoredMessage> {
    for (let number = pageOf(sequenceNumber); number <= this.#lastPage; number += 1) {
      for (const message of this.#pages.get(number)?.values() ?? []) {
        if (message.sequenceNumber >= sequenceNumber) yield message;
      }
    }
  }
}

const pageOf = (sequenceNumber: number): number => Math.floor(Math.max(sequenceNumber, 0) / pageSize);
