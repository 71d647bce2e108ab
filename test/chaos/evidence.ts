import type { QueueSnapshot } from 'service-bus-emulator';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { StoreTime } from '../../src/domain/time.ts';

/** One step of a message's script, as far as the audit has to know it. */
export interface PlannedStep {
  readonly name: string;
  readonly permanent: boolean;
  readonly atMostOnce: boolean;
}

/** What was sent under one ID, and whether anybody was promised that it will be worked on. */
export interface SentMessage {
  readonly id: string;
  readonly steps: readonly PlannedStep[];
  /** The session that it belongs to: those of one are worked on in their order. */
  readonly session?: string | undefined;
  /** At least one 202 or confirmation of the queue came. Without one the message may exist, or not. */
  readonly isAccepted: boolean;
}

/** A write that the store applied, or for a fenced effect refused to apply. `at` is in milliseconds since the run began. */
export type Applied = LockApplied | EffectApplied | FencedApplied;

export interface LockApplied {
  readonly kind: 'lock';
  readonly at: number;
  readonly record: LockRecord;
  readonly writtenAt: StoreTime;
  /** The blob's ETag after it. */
  readonly version: string;
}

export interface EffectApplied {
  readonly kind: 'effect';
  readonly at: number;
  readonly line: EffectLine;
  /** How long it was on its way from the sender's connection into the store, in milliseconds; long by a fault of the run's own. */
  readonly onTheWayMs: number;
}

/** An effect that names its token: stored or, as a conflict, not. */
export interface FencedApplied {
  readonly kind: 'fenced';
  readonly at: number;
  readonly fencingToken: number;
  readonly owner: string;
  readonly isStored: boolean;
}

/** What the scripted handler appends before each step that it runs. */
export interface EffectLine {
  readonly messageId: string;
  readonly step: string;
  readonly attempt: number;
  readonly fencingToken: number;
  readonly owner: string;
}

/** A time in which a process stood still, or the whole machine, in milliseconds since the run began. */
export interface Freeze {
  readonly pid: number | 'all';
  readonly from: number;
  readonly to: number;
}

/** A POST that a process answered with 408, from its first byte to the answer, in milliseconds since the run began. */
export interface TimedOut {
  readonly messageId: string;
  readonly pid: number;
  readonly from: number;
  readonly to: number;
}

/** What the blobs of one message show when all is over. */
export interface StoredAtLast {
  readonly lockVersion: string | undefined;
  readonly effects: readonly EffectLine[];
}

/** All that the audit judges by. Nothing of it comes from what the processes say of themselves, but for the effects. */
export interface Evidence {
  readonly sent: ReadonlyMap<string, SentMessage>;
  /** For each ID the writes in the order in which the store applied them: it was given one at a time. */
  readonly applied: ReadonlyMap<string, readonly Applied[]>;
  readonly stored: ReadonlyMap<string, StoredAtLast>;
  readonly queue: QueueSnapshot;
  readonly freezes: readonly Freeze[];
  readonly timedOut: readonly TimedOut[];
}

/** Something that must not have happened, as a sentence. */
export interface Violation {
  readonly messageId: string;
  readonly what: string;
}
