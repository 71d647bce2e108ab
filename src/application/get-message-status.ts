import type { LockName } from '../domain/lock-name.ts';
import type { MessageId } from '../domain/message-id.ts';
import type { Step } from '../domain/step.ts';
import { after, type StoreTime } from '../domain/time.ts';
import type { MessageIdentity } from '../domain/work-key.ts';
import type { LockStore, LockVersion, StoredLock } from './ports/lock-store.ts';

/** How far a message is, read off its lock. Times are the store's. */
export type MessageStatus = {
  readonly messageId: MessageId;
  /** The source of another producer's event. */
  readonly source?: string | undefined;
  readonly attempt: number;
  /** When the message came onto the queue, RFC 3339; empty if its host could not tell. The only time that is the broker's. */
  readonly enqueuedAt: string;
  /** When the lock was last written: of ended work, when it ended. */
  readonly updatedAt: StoreTime;
  /** When this was read. */
  readonly observedAt: StoreTime;
  /** Which revision of the lock says so. */
  readonly version: LockVersion;
  /** The steps of the work so far, in their order. */
  readonly steps: readonly Pick<Step, 'name' | 'status'>[];
} & (
  | { readonly status: 'processing'; readonly host: string }
  /** From `retryAt` on it is tried again. */
  | { readonly status: 'retrying'; readonly lastError: string | null; readonly retryAt: StoreTime }
  /** `result` is JSON text; null if the work returned nothing. */
  | { readonly status: 'completed'; readonly result: string | null }
  | { readonly status: 'failed'; readonly lastError: string | null }
);

/** Tells how far a message is. */
export class GetMessageStatus {
  readonly #store: LockStore;
  readonly #lockNameOf: (message: MessageIdentity) => LockName;

  constructor(store: LockStore, lockNameOf: (message: MessageIdentity) => LockName) {
    this.#store = store;
    this.#lockNameOf = lockNameOf;
  }

  /** Undefined without a lock: the message is not taken up yet, its lock was deleted, or there never was one. */
  async run(message: MessageIdentity): Promise<MessageStatus | undefined> {
    const stored = await this.#store.read(this.#lockNameOf(message));
    return stored && statusOf(stored);
  }
}

/** Whether nothing more happens to the message, unless somebody sends it again. */
export const hasEnded = ({ status }: MessageStatus): boolean => status === 'completed' || status === 'failed';

function statusOf({ record, writtenAt, observedAt, version }: StoredLock): MessageStatus {
  const { messageId, source, attempt, host, lastError, result } = record;
  const steps = record.steps.map(({ name, status }) => ({ name, status }));
  const { enqueuedTime: enqueuedAt } = record.physical;
  const common = { messageId, source, attempt, enqueuedAt, updatedAt: writtenAt, observedAt, version, steps };
  switch (record.state) {
    case 'held':
      return { ...common, status: 'processing', host };
    case 'released':
      return { ...common, status: 'retrying', lastError, retryAt: after(writtenAt, record.retryAfterMs) };
    case 'completed':
      return { ...common, status: 'completed', result };
    case 'failed':
      return { ...common, status: 'failed', lastError };
  }
}
