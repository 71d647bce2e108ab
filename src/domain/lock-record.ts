import type { FencingToken } from './fencing-token.ts';
import { tokenOfCreate, tokenOfTakeover } from './fencing-token.ts';
import type { Fingerprint } from './fingerprint.ts';
import { type FormerOwner, remembered } from './lock-history.ts';
import type { MessageId } from './message-id.ts';
import type { OperatorAct } from './operator-act.ts';
import type { OwnerId, WriteId } from './owner.ts';
import type { PhysicalMessage } from './physical-message.ts';
import type { Step } from './step.ts';
import { age, type DurationMs, durationMs, type StoreTime } from './time.ts';
import type { TraceContext } from './trace-context.ts';
import { graceOf } from './ttl.ts';
import type { MessageIdentity } from './work-key.ts';

/**
 * What the store keeps for one message. Only the owner writes a live record.
 *
 * ```text
 *   (absent) ──create──► held ──complete──► completed ──sweep──► (absent)
 *                         │ ▲
 *                 release │ │ takeover (also of an expired held one)
 *                         ▼ │
 *                      released
 *   held ──fail──► failed ──takeover by a new physical message──► held
 * ```
 */
export interface LockRecord extends LockContent {
  /** Which of its owner's writes this is. */
  readonly writeId: WriteId;
}

/** What a record says, whichever write it is stored by. */
export interface LockContent {
  readonly state: 'held' | 'released' | 'completed' | 'failed';
  readonly messageId: MessageId;
  /** The source of another producer's event, which with the message ID says whose lock this is. */
  readonly source?: string | undefined;
  readonly owner: OwnerId;
  /** The machine and process of the owner, for people. */
  readonly host: string;
  /** Absent in the write that creates the lock, whose token is the second it was written in. */
  readonly fencingToken?: FencingToken;
  readonly ttlMs: DurationMs;
  readonly fingerprint: Fingerprint;
  readonly physical: PhysicalMessage;
  /** Acquisitions so far, this one included. */
  readonly attempt: number;
  /** Attempts that ended with an error of the handler. */
  readonly failures: number;
  /** Owners in a row that ended without a last write and without a new finished step. */
  readonly crashes: number;
  /** How long after its release a released lock is not taken over. */
  readonly retryAfterMs: DurationMs;
  readonly steps: readonly Step[];
  /** What the work returned, as JSON text; null if it returned nothing. */
  readonly result: string | null;
  readonly lastError: string | null;
  /** Members that a later version has added: kept as they are, and written back. */
  readonly further?: Readonly<Record<string, unknown>> | undefined;
  /** What a person last did to the lock by hand. Nothing is decided by who or why. */
  readonly operator?: OperatorAct | undefined;
  /** When the owner acquired the lock. Absent in the owner's first write, since it is the time of that one. */
  readonly acquiredAt?: StoreTime;
  /** W3C trace context of the span that the owner works in, for whoever takes over. */
  readonly traceparent?: string | undefined;
  /** The owners before, the latest last. For people and traces: nothing is decided by it. */
  readonly history?: readonly FormerOwner[];
}

/** A record as one answer of the store showed it, with both times of the store's own clock. */
export interface ObservedLock {
  readonly record: LockRecord;
  /** When the record was written. */
  readonly writtenAt: StoreTime;
  /** When the store answered. */
  readonly observedAt: StoreTime;
}

/** The message that an execution wants to become the owner for. */
export interface Claim {
  readonly messageId: MessageId;
  readonly source?: string | undefined;
  readonly fingerprint: Fingerprint;
  readonly physical: PhysicalMessage;
  /** Whether work that failed for good is begun again. Default: if another physical message asks for it. */
  readonly again?: boolean | undefined;
}

/** Who writes the record, and for how long it is held without a further write. */
export interface Ownership {
  readonly owner: OwnerId;
  readonly host: string;
  readonly ttlMs: DurationMs;
  /** The span that the owner works in. */
  readonly trace?: TraceContext | undefined;
}

/** Strictly longer than ttl and grace without a write. No reader's clock has a say. */
export const isExpired = ({ record, writtenAt, observedAt }: ObservedLock): boolean =>
  age(writtenAt, observedAt) > record.ttlMs + graceOf(record.ttlMs);

/** The token of whoever owns, or last owned, the lock. */
export const tokenOf = (lock: Pick<ObservedLock, 'record' | 'writtenAt'>): FencingToken =>
  lock.record.fencingToken ?? tokenOfCreate(lock.writtenAt);

/** When whoever owns, or last owned, the lock acquired it. */
export const acquiredAtOf = ({ record, writtenAt }: Pick<ObservedLock, 'record' | 'writtenAt'>): StoreTime =>
  record.acquiredAt ?? writtenAt;

/** Whose lock it is. */
export const identityOf = ({ messageId: id, source }: Pick<LockContent, 'messageId' | 'source'>): MessageIdentity => ({
  id,
  source,
});

/** The first record of a message. */
export const created = (claim: Claim, ownership: Ownership): LockContent => ({
  ...held(claim, ownership),
  fingerprint: claim.fingerprint,
  attempt: 1,
  failures: 0,
  crashes: 0,
  steps: [],
  lastError: null,
});

/**
 * The record of the next owner. Steps and fingerprint stay, so that the work is resumed and not begun anew. A failed lock
 * is taken over by a new physical message only, and with it the attempts are counted from the start.
 */
export function takenOver(observed: ObservedLock, claim: Claim, ownership: Ownership): LockContent {
  const { record } = observed;
  const isRedriven = record.state === 'failed';
  return {
    ...held(claim, ownership),
    fencingToken: tokenOfTakeover(tokenOf(observed), observed.observedAt),
    fingerprint: isRedriven ? claim.fingerprint : record.fingerprint,
    attempt: isRedriven ? 1 : record.attempt + 1,
    failures: isRedriven ? 0 : record.failures,
    crashes: record.state === 'held' ? record.crashes + 1 : 0,
    steps: record.steps,
    lastError: record.lastError,
    further: record.further,
    operator: record.operator,
    history: remembered(record.history, formerOwner(observed)),
  };
}

/** Whoever owned the lock until now, for its history. */
export function formerOwner(observed: ObservedLock): FormerOwner {
  const { owner, host, state, traceparent } = observed.record;
  return {
    owner,
    host,
    acquiredAt: acquiredAtOf(observed),
    lastWrittenAt: observed.writtenAt,
    ending: state === 'released' || state === 'failed' ? state : 'expired',
    traceparent,
  };
}

const held = ({ messageId, source, physical }: Claim, { owner, host, ttlMs, trace }: Ownership) =>
  ({
    state: 'held',
    messageId,
    source,
    owner,
    host,
    ttlMs,
    physical,
    retryAfterMs: durationMs(0),
    result: null,
    traceparent: trace?.traceparent,
  }) as const;

/** The work is done. `result` is what it returned, as JSON text. */
export const completed = (record: LockContent, result: string | null): LockContent => ({
  ...record,
  state: 'completed',
  result,
  lastError: null,
});

/** The attempt failed; the next one may start `retryAfterMs` later. */
export const releasedAfterFailure = (
  record: LockContent,
  lastError: string,
  retryAfterMs: DurationMs,
): LockContent => ({
  ...record,
  state: 'released',
  failures: record.failures + 1,
  retryAfterMs,
  lastError,
});

/** The attempt was given up for no fault of its own; the next one may start at once. */
export const released = (record: LockContent): LockContent => ({
  ...record,
  state: 'released',
  retryAfterMs: durationMs(0),
});

/** The message is not tried again. */
export const failed = (record: LockContent, lastError: string): LockContent => ({
  ...record,
  state: 'failed',
  lastError,
});

/** The steps of the work so far. One that is newly finished is progress: the owners that crashed before it do not count. */
export const checkpointed = (record: LockContent, steps: readonly Step[], isProgress: boolean): LockContent => ({
  ...record,
  steps,
  crashes: isProgress ? 0 : record.crashes,
});
