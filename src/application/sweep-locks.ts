import type { LockName } from '../domain/lock-name.ts';
import type { LockRecord } from '../domain/lock-record.ts';
import { sweepMarkerName } from '../domain/marker-name.ts';
import type { SweepPass } from '../domain/sweep-progress.ts';
import { age, type DurationMs, durationMs, type StoreTime } from '../domain/time.ts';
import type { Ids } from './ports/ids.ts';
import { type ListedLock, type LockCatalog, type LockPage, largestPage } from './ports/lock-catalog.ts';
import type { LockEvents } from './ports/lock-events.ts';
import { type LockStore, LockStoreError } from './ports/lock-store.ts';
import type { Staying, SweepReport } from './ports/telemetry/telemetry.ts';
import { type LeasePorts, type NoSweep, SweepLease } from './sweep/sweep-lease.ts';

export interface SweepSettings {
  readonly lockScope: string;
  /** How long completed locks are kept, so that late duplicates are skipped. */
  readonly completedRetentionMs: DurationMs;
  /** How long other locks are kept that nobody writes any more. */
  readonly abandonedRetentionMs: DurationMs;
  /** How often the app sweeps. Default: whenever somebody calls. */
  readonly sweepIntervalMs?: DurationMs | undefined;
}

export interface SweepPorts extends LeasePorts {
  readonly store: LockStore;
  readonly catalog: LockCatalog;
  readonly ids: Pick<Ids, 'newOwnerId'>;
  readonly events: LockEvents;
  /** Is told of each run that came to the last lock. */
  readonly onSwept?: (report: SweepReport) => void;
}

export type SweepOutcome = NoSweep | Swept;

/** What one run did. */
export interface Swept {
  readonly kind: 'swept';
  readonly listed: number;
  readonly deleted: number;
  /** Written since they were listed, or not deleted for want of a clear answer: the next pass looks at them again. */
  readonly left: number;
  /** What this run and the ones before it have done together, and where the next run goes on. */
  readonly pass: SweepPass;
}

/** Deletions under way at once: enough to be quick, too few to crowd out the work. */
const concurrentDeletions = 8;

/** How many locks are looked at before the lease may be renewed. */
const stride = 250;

/**
 * Pages grow by a quarter. What was listed in vain when a run is cut off is thus a small share of what it has done, however
 * short it was, and a long one has few requests to make.
 */
const pageSize = (nth: number): number => Math.min(largestPage, Math.floor(50 * 1.25 ** nth));

/** Deletes the locks that are past their retention, by the store's clock alone, and none that was written meanwhile. */
export class SweepLocks {
  readonly #ports: SweepPorts;
  readonly #settings: SweepSettings;

  constructor(ports: SweepPorts, settings: SweepSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  get scope(): string {
    return this.#settings.lockScope;
  }

  /**
   * Goes on where the last run of any process has ended, up to the last lock; after `over` is aborted, no further. The next
   * run goes on from there, and begins anew after the last lock. Of several runs at a time one sweeps.
   *
   * @throws LockStoreError if the store cannot be asked or listed. What was deleted until then stays deleted.
   */
  async run(over?: AbortSignal): Promise<SweepOutcome> {
    const { lockScope, completedRetentionMs, abandonedRetentionMs, sweepIntervalMs } = this.#settings;
    const lease = await SweepLease.take(
      this.#ports,
      {
        marker: sweepMarkerName(lockScope),
        intervalMs: sweepIntervalMs,
        shortestRetentionMs: durationMs(Math.min(completedRetentionMs, abandonedRetentionMs)),
      },
      this.#ports.ids.newOwnerId(),
    );
    if (!(lease instanceof SweepLease)) return lease;
    try {
      return await this.#sweep(lease, over);
    } catch (error) {
      await lease.giveUp({ isOver: false }).catch(() => undefined); // else it expires
      throw error;
    }
  }

  async #sweep(lease: SweepLease, over?: AbortSignal): Promise<Swept> {
    const run = { listed: 0, deleted: 0, left: 0 };
    const start = this.#ports.clock.monotonic();
    const sawAll = lease.pass.upTo === undefined;
    const stays = new Map<LockRecord['state'], Staying>();
    const swept = (): Swept => ({ kind: 'swept', ...run, pass: lease.pass });
    const pages = this.#ports.catalog.pages(this.#settings.lockScope, { after: lease.pass.upTo, pageSize });
    for await (const page of pages) {
      for (const lock of page.locks) if (!this.#isDue(lock, page.observedAt)) count(stays, lock, page.observedAt);
      let isWhole = true;
      for (let from = 0; isWhole && from < page.locks.length; from += stride) {
        const stretch = page.locks.slice(from, from + stride);
        const done = await this.#sweepStretch(stretch, page.observedAt, { over, isFirst: run.listed === 0 });
        run.listed += done.listed;
        run.deleted += done.deleted;
        run.left += done.left;
        lease.moveOn(done.upTo, done);
        isWhole = done.listed === stretch.length;
        if (lease.wantsRenewal && !(await lease.renew())) return swept();
      }
      if (isWhole) lease.moveOn(page.last);
      // Behind a page without names may be the end, which the next run should not have to look for again.
      if (over?.aborted && page.last !== undefined) {
        await lease.giveUp({ isOver: false });
        return swept();
      }
      if (!(await lease.renew())) return swept();
    }
    await lease.giveUp({ isOver: true });
    const durationMs = this.#ports.clock.monotonic() - start;
    this.#ports.onSwept?.({ durationMs, deleted: run.deleted, ...(sawAll && { stays }) });
    return swept();
  }

  /**
   * Looks at locks in the order of their names, as far as there is time; `upTo` is the last one that was looked at. What is
   * first deletes one at least that is due: however short the runs are, they come to an end.
   */
  async #sweepStretch(
    locks: readonly ListedLock[],
    observedAt: StoreTime,
    { over, isFirst }: { readonly over: AbortSignal | undefined; readonly isFirst: boolean },
  ) {
    const due = [...locks.keys()].filter((place) => this.#isDue(locks[place] as ListedLock, observedAt));
    const rest = due.values();
    let begun = 0;
    let deleted = 0;
    const worker = async () => {
      while ((isFirst && begun === 0) || !over?.aborted) {
        const { value: place, done } = rest.next();
        if (done) return;
        begun += 1;
        if (await this.#delete(locks[place] as ListedLock, observedAt)) deleted += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrentDeletions }, worker));
    const listed = due[begun] ?? locks.length;
    const upTo: LockName | undefined = locks[listed - 1]?.name;
    return { listed, deleted, left: begun - deleted, upTo };
  }

  #isDue({ state, writtenAt }: ListedLock, observedAt: StoreTime): boolean {
    return age(writtenAt, observedAt) > this.#retentionOf(state);
  }

  #retentionOf(state: LockRecord['state']): DurationMs {
    const { completedRetentionMs, abandonedRetentionMs } = this.#settings;
    return state === 'completed' ? completedRetentionMs : abandonedRetentionMs;
  }

  /** On the listed version only: a lock that was written since belongs to somebody. */
  async #delete(
    { name, messageId, source, state, version, writtenAt }: ListedLock,
    observedAt: LockPage['observedAt'],
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

function count(
  stays: Map<LockRecord['state'], Staying>,
  { state, writtenAt }: ListedLock,
  observedAt: StoreTime,
): void {
  const before = stays.get(state) ?? { count: 0, oldestAgeMs: 0 };
  const oldestAgeMs = Math.max(before.oldestAgeMs, age(writtenAt, observedAt));
  stays.set(state, { count: before.count + 1, oldestAgeMs });
}
