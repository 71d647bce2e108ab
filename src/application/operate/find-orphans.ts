import { age, seconds } from '../../domain/time.ts';
import { longestTtl } from '../../domain/ttl.ts';
import { readInBudget } from '../lock/owned-write.ts';
import type { ListedLock, LockCatalog } from '../ports/lock-catalog.ts';
import type { ReceivedMessage } from '../ports/received-message.ts';
import type { DeadLetters, QueuedMessages } from './dead-letters.ts';
import type { JudgingPorts } from './judge-letters.ts';
import { subjectOf } from './operator-ports.ts';

export interface OrphanPorts extends JudgingPorts {
  readonly catalog: LockCatalog;
  readonly letters: DeadLetters;
  readonly queue: QueuedMessages;
}

export interface Orphans {
  /** Begun and not completed, and of whose message there is none on the queue or among the dead letters. */
  readonly orphans: readonly ListedLock[];
  /** Locks and messages that were looked at. */
  readonly locks: number;
  readonly messages: number;
  /** Whether there were more locks to look for than are kept in mind: run it again when these are dealt with. */
  readonly isCut: boolean;
}

/** Locks that are looked for at once: some tens of megabytes. */
const mostLooked = 100_000;

/** Longer than any owner goes without a write. */
const surelyOver = longestTtl + seconds(60);

/** Finds work that nobody will resume: its lock is not completed, and its message is gone, purged by hand or expired. */
export class FindOrphans {
  readonly #ports: OrphanPorts;
  readonly #scope: string;

  constructor(ports: OrphanPorts, scope: string) {
    this.#ports = ports;
    this.#scope = scope;
  }

  /** Reads all locks' names and all messages once. `onProgress` is told how many of both were looked at. */
  async run(onProgress: (locks: number, messages: number) => void = () => undefined): Promise<Orphans> {
    const looked = new Map<string, ListedLock>();
    let locks = 0;
    let isCut = false;
    for await (const page of this.#ports.catalog.pages(this.#scope)) {
      locks += page.locks.length;
      for (const lock of page.locks) {
        const isOpen =
          lock.state === 'failed' ||
          lock.state === 'released' ||
          (lock.state === 'held' && age(lock.writtenAt, page.observedAt) > surelyOver);
        if (isOpen && looked.size < mostLooked) looked.set(lock.name, lock);
        else isCut ||= isOpen;
      }
      onProgress(locks, 0);
    }
    let messages = 0;
    const found = (page: readonly ReceivedMessage[]) => {
      messages += page.length;
      for (const received of page) {
        const read = this.#ports.read(received);
        if ('identity' in read) looked.delete(this.#ports.lockNameOf(read.identity));
      }
      onProgress(locks, messages);
    };
    // The queue first: what is dead-lettered meanwhile is then found among the dead letters.
    for await (const page of this.#ports.queue.pages()) found(page);
    for await (const page of this.#ports.letters.pages()) found(page.map(({ received }) => received));
    const orphans: ListedLock[] = [];
    for (const lock of looked.values()) {
      const { messageId: id, source, version } = lock;
      const stored = await readInBudget(this.#ports, subjectOf(this.#ports, { id, source }));
      // Written since it was listed: there was a delivery.
      if (stored?.version === version) orphans.push(lock);
    }
    return { orphans, locks, messages, isCut };
  }
}
