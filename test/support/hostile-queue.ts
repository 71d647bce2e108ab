import { archive } from '../../src/adapters/handlers/archive.ts';
import { InMemoryFencedStore } from '../../src/adapters/in-memory/in-memory-fenced-store.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import { sha256Hex } from '../../src/adapters/system/sha256.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';
import type { ProcessMessage } from '../../src/application/process-message.ts';
import { lockName, scopedName } from '../../src/domain/lock-name.ts';
import { identityOf } from '../../src/domain/lock-record.ts';
import { type Consumer, type WorkKey, workName } from '../../src/domain/work-key.ts';
import { SimulatedProcess } from './simulated-process.ts';

const scope = 'queue';

/** Whose keys the messages of the queue have. */
export const consumer: Consumer = { scope, ownSource: '/api/messages' };

/** The use case as a host has it, on adapters in memory, with an eye on the names of all locks. */
export class HostileQueue {
  readonly clock = new ManualClock();
  readonly locks = new InMemoryLockStore({ writeClock: () => this.clock.wallTime() });
  readonly effects = new InMemoryFencedStore();
  readonly processMessage: ProcessMessage;
  readonly #identityOf = new Map<string, string>();

  constructor() {
    const process = new SimulatedProcess({
      name: 'host',
      store: this.#watched(this.locks),
      clock: this.clock,
      handler: archive(this.effects, effectNameOf),
      lockNameOf: this.lockNameOf,
    });
    this.processMessage = process.processMessage;
  }

  lockNameOf = (key: WorkKey) => lockName(key, sha256Hex);

  /** Lets time pass until `end` has settled: for most there is nothing to wait for. */
  until = <T>(end: Promise<T>): Promise<T> => this.clock.until(end);

  /** The store, whose locks stay in the folder of their scope, each that of one message. */
  #watched(store: LockStore): LockStore {
    return {
      read: (name) => store.read(name),
      delete: (name, version) => store.delete(name, version),
      put: (name, record, condition) => {
        const identity = workName(identityOf(record));
        if (!lockNamePattern.test(name)) throw new Error(`${identity} has the lock ${name}`);
        const other = this.#identityOf.get(name) ?? identity;
        if (other !== identity) throw new Error(`${other} and ${identity} share the lock ${name}`);
        this.#identityOf.set(name, identity);
        return store.put(name, record, condition);
      },
    };
  }
}

/** A name in the folder of the scope that no file system, URL or store reads anything into. */
const lockNamePattern = new RegExp(`^${scope}/lock-(?:[A-Za-z0-9_-]|~[0-9A-F]{2}|~~|[.](?![.]))+[.]lock$`);

export const effectNameOf = (key: WorkKey): string => scopedName(key, { before: '', after: '' }, sha256Hex);
