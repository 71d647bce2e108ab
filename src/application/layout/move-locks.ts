import { LockUndecidedError } from '../../domain/errors.ts';
import { type LayoutMarker, layoutMarkerText, parseLayoutMarker } from '../../domain/layout-marker.ts';
import { type LockLayout, type LockName, layoutOf } from '../../domain/lock-name.ts';
import { acquiredAtOf, identityOf, isExpired, type LockRecord, tokenOf } from '../../domain/lock-record.ts';
import { layoutMarkerName, sweepMarkerName } from '../../domain/marker-name.ts';
import type { WriteId } from '../../domain/owner.ts';
import { parseSweepProgress } from '../../domain/sweep-progress.ts';
import { age, type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { graceOf } from '../../domain/ttl.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import { OperationBudget } from '../lock/operation-budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { ListedLock } from '../ports/lock-catalog.ts';
import { type LockStore, LockStoreError, type StoredLock, type WriteCondition } from '../ports/lock-store.ts';
import { leaseMs } from '../sweep/sweep-lease.ts';
import type { LockTimings } from '../time/lock-timings.ts';
import { beforeLocksOf, type LayoutPorts, LockLayoutError, readLayout } from './layout-check.ts';

export interface MovePorts extends LayoutPorts {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly timings: LockTimings;
  readonly lockNameOf: (message: MessageIdentity, layout: LockLayout) => LockName;
}

export interface MoveSettings {
  readonly scope: string;
  /** How long a lock lives after a write. One that was written since then tells that a process is at work. */
  readonly lockTtlMs: DurationMs;
}

export interface MoveOptions {
  readonly to: LockLayout;
  /** Counts, and writes nothing. */
  readonly isDryRun?: boolean;
  /** Ends it after the locks that are under way. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: MoveCounts) => void;
}

export interface MoveCounts {
  /** Locks in the layout that they come from, as far as they were listed. */
  readonly found: number;
  readonly moved: number;
}

/** A lock that was not moved, and why. */
export interface LeftLock {
  readonly name: LockName;
  readonly why: string;
}

export type MoveOutcome = MoveCounts &
  (
    | { readonly kind: 'planned' }
    /** All locks have the layout, and the marker says so. */
    | { readonly kind: 'moved' }
    /** Ended by the signal. No process starts before it is finished. */
    | { readonly kind: 'stopped' }
    /** Some could not be moved. No process starts before they are. `more` were left besides. */
    | { readonly kind: 'unfinished'; readonly left: readonly LeftLock[]; readonly more: number }
    /** Nothing was moved, since a process is at work, or a move the other way is not finished. */
    | { readonly kind: 'refused'; readonly why: 'at-work' | 'other-move' }
  );

/** Locks under way at once: enough to be quick, and far below what an account takes. */
const concurrentMoves = 32;

/** How long one lock is tried. Nobody waits for it: longer than an owner would. */
const budgetMs = seconds(60);

/** Locks that are told of by name. */
const mostTold = 20;

/**
 * Moves all locks of a scope to another layout while no process works with them. Each lock is written to its new place, if it
 * is not there, and then deleted at its old one, if nobody has written it meanwhile: whenever it is killed, each lock is in one
 * of the two places at least, and it can be run again. From the first move to the last no process of this version starts.
 */
export class MoveLocks {
  readonly #ports: MovePorts;
  readonly #settings: MoveSettings;

  constructor(ports: MovePorts, settings: MoveSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /**
   * @throws LockStoreError if the store cannot be listed, or its marker not read or written. What was moved stays moved.
   * @throws LockLayoutError if the marker is not one that is known.
   */
  async run({ to, isDryRun = false, signal, onProgress = () => undefined }: MoveOptions): Promise<MoveOutcome> {
    const from = to === 'flat' ? 'spread' : 'flat';
    const marker = await readLayout(this.#ports.markers, this.#settings.scope);
    if (marker?.movingTo === from) return { kind: 'refused', why: 'other-move', found: 0, moved: 0 };
    let found = 0;
    let isAtWork = await this.#isSweeping();
    for await (const { locks, isFresh } of this.#pages(from)) {
      found += locks.length;
      isAtWork ||= locks.some(isFresh);
      onProgress({ found, moved: 0 });
      if (isAtWork || signal?.aborted) break;
    }
    if (isAtWork) return { kind: 'refused', why: 'at-work', found, moved: 0 };
    if (isDryRun) return { kind: 'planned', found, moved: 0 };
    if (signal?.aborted) return { kind: 'stopped', found, moved: 0 };
    await this.#mark({ layout: from, movingTo: to }, (stored) => stored?.movingTo === undefined);
    for (let moved = 0; ; ) {
      const pass = await this.#pass(from, to, { signal, onProgress: (so) => onProgress({ found, moved: moved + so }) });
      moved += pass.moved;
      const counts = { found, moved };
      if (signal?.aborted) return { kind: 'stopped', ...counts };
      if (pass.left.length > 0) return { kind: 'unfinished', left: pass.left, more: pass.more, ...counts };
      if (pass.found > 0) continue; // until a whole listing has none
      await this.#mark({ layout: to }, (stored) => stored?.movingTo === to);
      return { kind: 'moved', ...counts };
    }
  }

  async #pass(
    from: LockLayout,
    to: LockLayout,
    { signal, onProgress }: { readonly signal: AbortSignal | undefined; readonly onProgress: (moved: number) => void },
  ) {
    const left: LeftLock[] = [];
    let [found, moved, more] = [0, 0, 0];
    for await (const { locks, isFresh } of this.#pages(from)) {
      found += locks.length;
      const rest = locks.values();
      const worker = async () => {
        for (const lock of rest) {
          if (signal?.aborted) return;
          const why = isFresh(lock)
            ? 'it was written just now: a process is at work'
            : await this.#move(lock, from, to);
          if (why === undefined) moved += 1;
          else if (left.length < mostTold) left.push({ name: lock.name, why });
          else more += 1;
        }
      };
      await Promise.all(Array.from({ length: concurrentMoves }, worker));
      onProgress(moved);
      if (signal?.aborted) break;
    }
    return { found, moved, left, more };
  }

  /** The locks of a layout, and which of them were written so lately that an owner may be alive. */
  async *#pages(layout: LockLayout) {
    const { scope, lockTtlMs } = this.#settings;
    const quietMs = lockTtlMs + graceOf(lockTtlMs);
    for await (const page of this.#ports.catalog.pages(scope, { after: beforeLocksOf(scope, layout) })) {
      const locks = page.locks.filter(({ name }) => layoutOf(scope, name) === layout);
      yield { locks, isFresh: ({ writtenAt }: ListedLock) => age(writtenAt, page.observedAt) <= quietMs };
      if (locks.length < page.locks.length) return; // the flat ones begin
    }
  }

  /** Undefined if the lock is at its new place alone; else why it is not. */
  async #move({ name, messageId, source }: ListedLock, from: LockLayout, to: LockLayout): Promise<string | undefined> {
    const { store, lockNameOf } = this.#ports;
    const subject = { messageId, source, lock: name };
    const budget = new OperationBudget(this.#ports, subject, budgetMs);
    try {
      for (;;) {
        const stored = await budget.ask(() => store.read(name));
        if (stored === undefined) return undefined; // by another move, or an answer that was lost
        if (stored.record.state === 'held' && !isExpired(stored)) return 'its owner may be at work';
        const message = identityOf(stored.record);
        if (lockNameOf(message, from) !== name) return 'its name is not that of its message';
        const target = lockNameOf(message, to);
        const there = await budget.ask(() => store.read(target));
        if (there === undefined || !isSame(there, stored)) {
          if (there !== undefined && !isEarlier(there, stored)) return `another lock of its message is "${target}"`;
          const condition: WriteCondition = there ?? 'absent';
          const copied = await budget.ask(() => store.put(target, copyOf(stored), condition));
          if (copied.kind !== 'written') {
            await budget.pause(copied);
            continue;
          }
        }
        const deleted = await budget.ask(() => store.delete(name, stored.version));
        if (deleted.kind === 'written') return undefined;
        await budget.pause(deleted);
      }
    } catch (error) {
      // One that cannot be read or written does not keep the others.
      if (error instanceof LockUndecidedError) return 'the store gave no clear answer in time';
      if (error instanceof LockStoreError) return error.message.replace(/[.]$/, '');
      throw error;
    }
  }

  async #isSweeping(): Promise<boolean> {
    const stored = await this.#ports.markers.read(sweepMarkerName(this.#settings.scope));
    if (stored === undefined) return false;
    const isRecent = age(stored.writtenAt, stored.observedAt) < leaseMs;
    return isRecent && parseSweepProgress(stored.text)?.owner !== undefined;
  }

  /** Writes the marker, on what `isExpected` says of the one before. */
  async #mark(marker: LayoutMarker, isExpected: (stored: LayoutMarker | undefined) => boolean): Promise<void> {
    const { markers, clock } = this.#ports;
    const { scope } = this.#settings;
    const text = layoutMarkerText(marker);
    for (let tries = 0; tries < mostTries; tries += 1) {
      const stored = await markers.read(layoutMarkerName(scope));
      // An answer can be lost, and another move of this kind be faster.
      if (stored?.text === text) return;
      if (!isExpected(stored && parseLayoutMarker(stored.text))) {
        throw new LockLayoutError(`Another move of the locks of the scope "${scope}" is under way. Run one at a time.`);
      }
      const { kind } = await markers.put(layoutMarkerName(scope), text, stored ?? 'absent');
      if (kind === 'written') return;
      await clock.sleep(durationMs(100));
    }
    throw new LockStoreError('The store did not say whether it was written how the locks are laid out.', {
      isTransient: true,
    });
  }
}

const mostTries = 5;

/** The record as it is, with what otherwise follows from the time of its write. */
const copyOf = (stored: StoredLock): LockRecord => ({
  ...stored.record,
  fencingToken: tokenOf(stored),
  acquiredAt: acquiredAtOf(stored),
});

const isSame = ({ record: one }: StoredLock, { record: other }: StoredLock): boolean =>
  one.owner === other.owner && one.writeId === other.writeId;

/** Whether `one` comes before `other` in the life of one lock. */
const isEarlier = (one: StoredLock, other: StoredLock): boolean =>
  one.record.owner === other.record.owner
    ? writeNumber(one.record.writeId) < writeNumber(other.record.writeId)
    : tokenOf(one) < tokenOf(other);

const writeNumber = (id: WriteId): number => Number(id.slice(id.lastIndexOf(':') + 1));
