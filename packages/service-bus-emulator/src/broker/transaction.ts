import type { Queue } from './queue.ts';
import type { Settlement } from './settlement.ts';

/** Something that a transaction will have done, or not. */
export interface Work {
  /** Whether it can still be done. */
  isPossible(): boolean;
  carryOut(): void;
}

/** What is to happen as a whole or not at all. Until it is committed nothing of it has happened: locks stay, messages wait. */
export class Transaction {
  readonly #work: Work[] = [];
  readonly #lockTokens = new Set<string>();

  add(work: Work): void {
    this.#work.push(work);
  }

  /** Ends a delivery with the transaction. It stays locked until then. */
  settle(queue: Queue, token: string, settlement: Settlement): 'settled' | 'lock-lost' {
    if (this.#lockTokens.has(token) || queue.locked(token) === undefined) return 'lock-lost';
    this.#lockTokens.add(token);
    this.add({
      // Renewed, so that none ends while the others are carried out.
      isPossible: () => queue.renewLock(token) !== undefined,
      carryOut: () => void queue.settle(token, settlement),
    });
    return 'settled';
  }

  /** Carries out all work, or none if some is not possible any more. */
  commit(): 'committed' | 'impossible' {
    const work = this.#work.splice(0);
    if (!work.every((each) => each.isPossible())) return 'impossible';
    for (const each of work) each.carryOut();
    return 'committed';
  }
}
