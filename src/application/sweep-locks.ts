import type { LockRecord } from '../domain/lock-record.ts';
import { age, type DurationMs, type StoreTime, seconds } from '../domain/time.ts';
import type { Clock } from './ports/clock.ts';
import type { ListedLock, LockCatalog, LockPage } from './ports/lock-catalog.ts';
import type { LockEvents } from './ports/lock-events.ts';
import { type LockStore, LockStoreError } from './ports/lock-store.ts';

export interface SweepSettings {
  readonly lockScope: string;
  /** How long completed locks are kept, so that late duplicates are skipped. */
  readonly completedRetentionMs: DurationMs;
  /** How long other locks are kept that nobody writes any more. */
  readonly abandonedRetentionMs: DurationMs;
}

export interface SweepPorts {
  readonly store: LockStore;
  readonly catalog: LockCatalog;
  readonly clock: Clock;
  readonly events: LockEvents;
}

export type SweepOutcome =
  /** The process is too young to delete anything. */
  | { readonly kind: 'too-early' }
  | {
      readonly kind: 'swept';
      readonly listed: number;
      readonly deleted: number;
      /** Written since they were listed, not deleted for want of a clear answer or of time: a later sweep looks at them again. */
      readonly left: number;
    };

/**
 * A process that was just started deletes nothing for so long. After an outage that outlasts a retention, the messages that
 * waited all that time come first, and their duplicates still find what was completed.
 */
export const sweepsAfterMs: DurationMs = seconds(15 * 60);

/** Deletions under way at once: enough to be quick, too few to crowd out the work. */
const concurrentDeletions = 8;

/** Deletes the locks that are past their retention, by the store's clock alone, and none that was written meanwhile. */
export class SweepLocks {
  readonly #ports: SweepPorts;
  readonly #settings: SweepSettings;
  readonly #startedAt: number;

  /** The process counts as started now. */
  constructor(ports: SweepPorts, settings: SweepSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#startedAt = ports.clock.monotonic();
  }

  /**
   * Goes once through the scope's locks, a page at a time; after `over` is aborted, no further. The next sweep goes on.
   *
   * @throws LockStoreError if the store cannot be listed. What was deleted until then stays deleted.
   */
  async run(over?: AbortSignal): Promise<SweepOutcome> {
    const { catalog, clock } = this.#ports;
    if (clock.monotonic() - this.#startedAt < sweepsAfterMs) return { kind: 'too-early' };
    let listed = 0;
    let deleted = 0;
    let left = 0;
    for await (const page of catalog.pages(this.#settings.lockScope)) {
      listed += page.locks.length;
      const due = page.locks.filter((lock) => this.#isDue(lock, page.observedAt));
      const deletedOfPage = await this.#deleteAll(due, page, over);
      deleted += deletedOfPage;
      left += due.length - deletedOfPage;
      if (over?.aborted) break;
    }
    return { kind: 'swept', listed, deleted, left };
  }

  #isDue({ state, writtenAt }: ListedLock, observedAt: StoreTime): boolean {
    return age(writtenAt, observedAt) > this.#retentionOf(state);
  }

  #retentionOf(state: LockRecord['state']): DurationMs {
    const { completedRetentionMs, abandonedRetentionMs } = this.#settings;
    return state === 'completed' ? completedRetentionMs : abandonedRetentionMs;
  }

  /** How many of `locks` were deleted. */
  async #deleteAll(locks: readonly ListedLock[], { observedAt }: LockPage, over?: AbortSignal): Promise<number> {
    const rest = locks.values();
    let deleted = 0;
    const worker = async () => {
      for (const lock of rest) {
        if (over?.aborted) return;
        if (await this.#delete(lock, observedAt)) deleted += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrentDeletions }, worker));
    return deleted;
  }

  /** On the listed version only: a lock that was written since belongs to somebody. */
  async #delete(
    { name, messageId, source, state, version, writtenAt }: ListedLock,
    observedAt: StoreTime,
  ): Promise<boolean> {
    try {
      const { kind } = await this.#ports.store.delete(name, version);
      if (kind !== 'written') return false;
    } catch (error) {
      // One that cannot be deleted, say for a legal hold, does not keep the others.
      if (error instanceof LockStoreError) return false;
      throw error;
    }
    this.#ports.events.emit({ kind: 'swept', messageId, source, lock: name, state, writtenAt, observedAt });
    return true;
  }
}
