import type { StoredMessage } from './stored-message.ts';

const pageSize = 256;

interface Page {
  readonly messages: (StoredMessage | undefined)[];
  count: number;
}

/**
 * All messages of a queue, found by sequence number in O(1) and listed in its order from any number on. Kept in pages of
 * neighbours, so that a listing that starts late does not walk through everything before it; a message costs the place in its
 * page.
 */
export class MessagesBySequenceNumber {
  readonly #pages = new Map<number, Page>();
  #lastPage = 0;

  get(sequenceNumber: number): StoredMessage | undefined {
    return this.#pages.get(pageOf(sequenceNumber))?.messages[sequenceNumber % pageSize];
  }

  /** The messages with these numbers, or `undefined` if one of them is not there or not wanted. */
  findAll(
    sequenceNumbers: readonly number[],
    isWanted: (message: StoredMessage) => boolean,
  ): readonly StoredMessage[] | undefined {
    const found = sequenceNumbers.flatMap((number) => this.get(number) ?? []).filter(isWanted);
    return found.length === sequenceNumbers.length ? [...new Set(found)] : undefined;
  }

  /** Adds a message whose sequence number is greater than any before. */
  add(message: StoredMessage): void {
    this.#lastPage = pageOf(message.sequenceNumber);
    let page = this.#pages.get(this.#lastPage);
    if (page === undefined) {
      page = { messages: [], count: 0 };
      this.#pages.set(this.#lastPage, page);
    }
    page.messages[message.sequenceNumber % pageSize] = message;
    page.count += 1;
  }

  delete(message: StoredMessage): void {
    const number = pageOf(message.sequenceNumber);
    const page = this.#pages.get(number);
    const place = message.sequenceNumber % pageSize;
    if (page?.messages[place] !== message) return;
    page.messages[place] = undefined;
    page.count -= 1;
    if (page.count === 0) this.#pages.delete(number);
  }

  *from(sequenceNumber: number): Generator<StoredMessage> {
    for (let number = pageOf(sequenceNumber); number <= this.#lastPage; number += 1) {
      for (const message of this.#pages.get(number)?.messages ?? []) {
        if (message !== undefined && message.sequenceNumber >= sequenceNumber) yield message;
      }
    }
  }
}

const pageOf = (sequenceNumber: number): number => Math.floor(Math.max(sequenceNumber, 0) / pageSize);
