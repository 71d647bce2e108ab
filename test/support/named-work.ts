import { archive } from '../../src/adapters/handlers/archive.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { sha256Hex } from '../../src/adapters/system/sha256.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { ProcessMessage } from '../../src/application/process-message.ts';
import { type LockName, lockName, scopedName } from '../../src/domain/lock-name.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { WireMessage } from './wire-messages.ts';

/** The use case on stores in memory, and all that its work has been named by. */
export class NamedWork {
  /** How often the work of each lock was done, by the lock's name. */
  readonly done = new Map<LockName, number>();
  readonly stepKeys: string[] = [];
  readonly archived: string[] = [];
  readonly records = new Map<LockName, LockRecord>();
  readonly processMessage: ProcessMessage;

  constructor() {
    const locks = new InMemoryLockStore();
    const store = archive(
      {
        put: async (name) => {
          this.archived.push(name);
          return 'stored';
        },
      },
      (key) => scopedName(key, { before: '', after: '' }, sha256Hex),
    );
    const process = new SimulatedProcess({
      name: 'host',
      store: {
        read: (name) => locks.read(name),
        delete: (name, version) => locks.delete(name, version),
        put: (name, record, condition) => {
          this.records.set(name, record);
          return locks.put(name, record, condition);
        },
      },
      clock: new SystemClock(),
      lockNameOf: (key) => lockName(key, sha256Hex),
      handler: async (message, context) => {
        const name = lockName(context.workKey, sha256Hex);
        this.done.set(name, (this.done.get(name) ?? 0) + 1);
        await context.step('charge', ({ idempotencyKey }) => void this.stepKeys.push(idempotencyKey));
        return store(message, context);
      },
    });
    this.processMessage = process.processMessage;
  }

  /** The identities of all work that was done, in an order that says nothing. */
  get identities(): readonly string[] {
    return Array.from(this.records.values(), ({ messageId, source }) =>
      identityText([source ?? null, messageId]),
    ).sort();
  }
}

/** One text for each identity. */
export const identityText = (identity: NonNullable<WireMessage['identity']>): string => JSON.stringify(identity);

/** The identities of these messages, each once. */
export const identitiesOf = (messages: readonly WireMessage[]): readonly string[] =>
  [...new Set(messages.flatMap(({ identity }) => (identity === undefined ? [] : identityText(identity))))].sort();
