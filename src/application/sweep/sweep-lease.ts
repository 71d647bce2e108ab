import type { MarkerName } from '../../domain/marker-name.ts';
import {
  parseSweepProgress,
  type SweepPass,
  type SweepProgress,
  sweepProgressText,
} from '../../domain/sweep-progress.ts';
import { age, type DurationMs, durationMs, type StoreTime, seconds } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { LockStoreError, type LockVersion } from '../ports/lock-store.ts';
import type { MarkerStore, StoredMarker } from '../ports/marker-store.ts';

/**
 * An app that has just begun to sweep, or came back from an outage, deletes nothing for so long. After an outage that outlasts
 * a retention, the messages that waited all that time come first, and their duplicates still find what was completed.
 */
export const sweepsAfterMs: DurationMs = seconds(15 * 60);

/** Without a write for so long, another process may go on. Longer than a page takes, unless the store hardly answers. */
export const leaseMs: DurationMs = seconds(120);

export interface LeaseSettings {
  readonly marker: MarkerName;
  /** How often the app sweeps; undefined if it has no rhythm. */
  readonly intervalMs?: DurationMs | undefined;
  /** How long those locks are kept that go first. */
  readonly shortestRetentionMs: DurationMs;
}

/** Why a run does not sweep now. */
export type NoSweep =
  /** The app has not been there for long enough. */
  | { readonly kind: 'too-early' }
  /** Another process sweeps. */
  | { readonly kind: 'under-way' }
  /** The last pass through all locks is over, and was begun less than half an interval ago. */
  | { readonly kind: 'not-due' };

export interface LeasePorts {
  readonly markers: MarkerStore;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * The right to sweep a scope: one process has it at a time, as long as it goes on writing how far it is. All times are the
 * store's. A process that has lost it without noticing does no harm: it deletes on a condition, and looks at locks in vain.
 */
export class SweepLease {
  readonly #ports: LeasePorts;
  readonly #marker: MarkerName;
  readonly #owner: string;
  readonly #presentSince: StoreTime;
  #pass: SweepPass;
  #version: LockVersion;
  #renewedAt: number;

  /**
   * Takes the lease for `owner`, a name that nobody has used before.
   *
   * @throws LockStoreError if the store does not say whether it was taken.
   */
  static async take(ports: LeasePorts, settings: LeaseSettings, owner: string): Promise<SweepLease | NoSweep> {
    const { markers, clock } = ports;
    const { marker } = settings;
    const renewedAt = clock.monotonic();
    const stored = await markers.read(marker);
    const found = stored && parseSweepProgress(stored.text);
    if (stored === undefined || found === undefined || isAway(stored, settings)) {
      // Whoever is new, or was away, begins to be there with this write, or with that of another who was faster.
      await markers.put(marker, sweepProgressText({ pass: found?.pass }), stored ?? 'absent');
      return { kind: 'too-early' };
    }
    const why = reasonNotTo(stored, found, settings);
    if (why !== undefined) return { kind: why };
    const { pass, presentSince = stored.writtenAt } = found;
    const own = pass === undefined || pass.isOver ? newPass(stored.observedAt) : pass;
    const result = await markers.put(marker, sweepProgressText({ owner, presentSince, pass: own }), stored);
    switch (result.kind) {
      case 'written':
        return new SweepLease(ports, { marker, owner, presentSince, pass: own, version: result.version, renewedAt });
      case 'conflict':
        return { kind: 'under-way' };
      case 'unknown':
        throw new LockStoreError('The store did not say who sweeps. The next sweep asks again.', {
          isTransient: true,
          cause: result.cause,
        });
    }
  }

  private constructor(
    ports: LeasePorts,
    taken: {
      readonly marker: MarkerName;
      readonly owner: string;
      readonly presentSince: StoreTime;
      readonly pass: SweepPass;
      readonly version: LockVersion;
      readonly renewedAt: number;
    },
  ) {
    this.#ports = ports;
    this.#marker = taken.marker;
    this.#owner = taken.owner;
    this.#presentSince = taken.presentSince;
    this.#pass = taken.pass;
    this.#version = taken.version;
    this.#renewedAt = taken.renewedAt;
  }

  /** How far the pass is, with what was done since it was last written. */
  get pass(): SweepPass {
    return this.#pass;
  }

  /** Whether it is time to write again. */
  get wantsRenewal(): boolean {
    return this.#ports.clock.monotonic() - this.#renewedAt > leaseMs / 4;
  }

  /** Notes how far the pass is; it is written with the next renewal. */
  moveOn(upTo: SweepPass['upTo'], done: Pick<SweepPass, 'listed' | 'deleted'> = { listed: 0, deleted: 0 }): void {
    const pass = this.#pass;
    this.#pass = {
      ...pass,
      upTo: upTo ?? pass.upTo,
      listed: pass.listed + done.listed,
      deleted: pass.deleted + done.deleted,
    };
  }

  /** Writes how far the pass is. False if another process has the lease: then there is nothing more to do here. */
  renew(): Promise<boolean> {
    return this.#write({ owner: this.#owner, presentSince: this.#presentSince, pass: this.#pass });
  }

  /** Writes how far the pass is, and lets others go on; `isOver` says that all locks were looked at. */
  async giveUp({ isOver }: { readonly isOver: boolean }): Promise<void> {
    this.#pass = { ...this.#pass, isOver };
    await this.#write({ presentSince: this.#presentSince, pass: this.#pass });
  }

  async #write(progress: SweepProgress): Promise<boolean> {
    const { markers, clock } = this.#ports;
    const renewedAt = clock.monotonic();
    const text = sweepProgressText(progress);
    const result = await markers.put(this.#marker, text, { version: this.#version });
    if (result.kind === 'written') {
      this.#version = result.version;
      this.#renewedAt = renewedAt;
      return true;
    }
    // A conflict can be an earlier write of this owner, its answer lost. What did not arrive is in the next one.
    const stored = await markers.read(this.#marker);
    if (stored === undefined || parseSweepProgress(stored.text)?.owner !== this.#owner) return false;
    this.#version = stored.version;
    return true;
  }
}

const newPass = (startedAt: StoreTime): SweepPass => ({ startedAt, isOver: false, listed: 0, deleted: 0 });

function reasonNotTo(
  { writtenAt, observedAt }: StoredMarker,
  { owner, presentSince = writtenAt, pass }: SweepProgress,
  { intervalMs = seconds(0) }: LeaseSettings,
): NoSweep['kind'] | undefined {
  if (age(presentSince, observedAt) < sweepsAfterMs) return 'too-early';
  if (owner !== undefined && age(writtenAt, observedAt) < leaseMs) return 'under-way';
  return pass?.isOver && age(pass.startedAt, observedAt) < intervalMs / 2 ? 'not-due' : undefined;
}

/**
 * Whether nobody has swept for as long as a retention: an outage. What was completed before a shorter one is kept for a time
 * that is long enough for the messages that waited.
 */
function isAway(
  { writtenAt, observedAt }: StoredMarker,
  { intervalMs = seconds(0), shortestRetentionMs }: LeaseSettings,
): boolean {
  const awayAfter = durationMs(Math.max(shortestRetentionMs - sweepsAfterMs, 2 * intervalMs + sweepsAfterMs));
  return age(writtenAt, observedAt) > awayAfter;
}
