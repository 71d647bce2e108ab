import type { LockName } from '../domain/lock-name.ts';
import type { MessageId } from '../domain/message-id.ts';
import type { Step } from '../domain/step.ts';
import type { StoreTime } from '../domain/time.ts';
import type { LockStore, StoredLock } from './ports/lock-store.ts';

/** How far a message is, read off its lock. Times are the store's. */
export type MessageStatus = {
  readonly messageId: MessageId;
  readonly attempt: number;
  /** When the lock was last written. */
  readonly updatedAt: StoreTime;
  /** The steps of the work so far, in their order. */
  readonly steps: readonly Pick<Step, 'name' | 'status'>[];
} & (
  | { readonly status: 'processing'; readonly host: string }
  | { readonly status: 'retrying'; readonly lastError: string | null }
  /** `result` is JSON text; null if the work returned nothing. */
  | { readonly status: 'completed'; readonly result: string | null }
  | { readonly status: 'failed'; readonly lastError: string | null }
);

/** Tells how far a message is. */
export class GetMessageStatus {
  readonly #store: LockStore;
  readonly #lockNameOf: (id: MessageId) => LockName;

  constructor(store: LockStore, lockNameOf: (id: MessageId) => LockName) {
    this.#store = store;
    this.#lockNameOf = lockNameOf;
  }

  /** Undefined without a lock: the message is not taken up yet, its lock was deleted, or there never was one. */
  async run(id: MessageId): Promise<MessageStatus | undefined> {
    const stored = await this.#store.read(this.#lockNameOf(id));
    return stored && statusOf(stored);
  }
}

function statusOf({ record, writtenAt }: StoredLock): MessageStatus {
  const { messageId, attempt, host, lastError, result } = record;
  const steps = record.steps.map(({ name, status }) => ({ name, status }));
  const common = { messageId, attempt, updatedAt: writtenAt, steps };
  switch (record.state) {
    case 'held':
      return { ...common, status: 'processing', host };
    case 'released':
      return { ...common, status: 'retrying', lastError };
    case 'completed':
      return { ...common, status: 'completed', result };
    case 'failed':
      return { ...common, status: 'failed', lastError };
  }
}
