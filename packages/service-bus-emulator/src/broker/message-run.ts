import { PriorityQueue } from './priority-queue.ts';
import type { StoredMessage } from './stored-message.ts';

/**
 * Messages in the order of their sequence numbers. Nearly all come with a greater number than any before and leave from the
 * front: these are kept in an array, at eight bytes each. Those that come back to an earlier place are kept in a heap.
 */
export class MessageRun {
  /** From `#front` on, in order. A number is that of a message that was taken out from between others. */
  #run: (StoredMessage | number)[] = [];
  #front = 0;
  #gaps = 0;
  readonly #returned = new PriorityQueue<StoredMessage>((a, b) => a.sequenceNumber - b.sequenceNumber);

  get size(): number {
    return this.#run.length - this.#front - this.#gaps + this.#returned.size;
  }

  /** Adds a message that is not in it. */
  add(message: StoredMessage): void {
    const last = this.#run.at(-1);
    if (last === undefined || message.sequenceNumber > numberOf(last)) this.#run.push(message);
    else this.#returned.add(message);
  }

  takeFirst(): StoredMessage | undefined {
    this.#skipGaps();
    const [ahead, returned] = [this.#run[this.#front] as StoredMessage | undefined, this.#returned.first];
    if (ahead === undefined || (returned !== undefined && returned.sequenceNumber < ahead.sequenceNumber)) {
      return this.#returned.takeFirst();
    }
    this.#front += 1;
    this.#compact();
    return ahead;
  }

  /** Whether the message was in it. */
  delete(message: StoredMessage): boolean {
    if (this.#returned.delete(message)) return true;
    const place = this.#placeOf(message.sequenceNumber);
    if (this.#run[place] !== message) return false;
    this.#run[place] = message.sequenceNumber;
    this.#gaps += 1;
    this.#compact();
    return true;
  }

  #skipGaps(): void {
    while (typeof this.#run[this.#front] === 'number') {
      this.#front += 1;
      this.#gaps -= 1;
    }
  }

  /** The first place from the front on whose number is not smaller. */
  #placeOf(sequenceNumber: number): number {
    let [low, high] = [this.#front, this.#run.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numberOf(this.#run[middle] ?? 0) < sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Once half of the array is of no use, and it is worth it. */
  #compact(): void {
    const useless = this.#front + this.#gaps;
    if (useless < 64 || useless * 2 < this.#run.length) return;
    this.#run = this.#run.slice(this.#front).filter((item) => typeof item !== 'number');
    this.#front = 0;
    this.#gaps = 0;
  }
}

const numberOf = (item: StoredMessage | number): number => (typeof item === 'number' ? item : item.sequenceNumber);
