import { compareFingerprints, type Fingerprint } from './fingerprint.ts';
import { isExpired, type LockRecord, type ObservedLock } from './lock-record.ts';
import { age, type DurationMs, durationMs, type StoreTime, storeTime } from './time.ts';

/** What a dead letter says of itself. */
export interface DeadLetter {
  /** Why it was dead-lettered: the broker's word, a host's, or that of whoever moved it there. */
  readonly reason: string | undefined;
  /** When it came onto the queue, RFC 3339; empty if that is not known. */
  readonly enqueuedTime: string;
  /** Of its content; undefined if it is not a message that can be processed. */
  readonly fingerprint: Fingerprint | undefined;
}

/** What its lock, if there is one, makes of a dead letter: one word, for which there is one thing to do. */
export type Verdict =
  /** Its work is done: its last settlement was lost, or it is a duplicate. */
  | 'already-done'
  /** Its ID belongs to a message of other content. */
  | 'conflict'
  /** An owner works on it right now. */
  | 'at-work'
  /** Its work was begun and not ended: it is resumed from its steps. */
  | 'interrupted'
  /** Its work failed for good. */
  | 'failed'
  /** Its work was never begun: a completed lock would still be there. */
  | 'never-started'
  /** There is no lock, and it is so old that one may have been deleted: its work may have been done. */
  | 'unknown'
  /** It cannot be processed as it is. */
  | 'malformed'
  /** The broker refused it for what its sender gave it. */
  | 'sender-fault';

/** What a person does about it. */
export type ProposedAct = 'complete' | 'redrive' | 'fix-then-redrive' | 'wait' | 'decide' | 'export';

export const proposedActs: Readonly<Record<Verdict, ProposedAct>> = {
  'already-done': 'complete',
  conflict: 'decide',
  'at-work': 'wait',
  interrupted: 'redrive',
  failed: 'fix-then-redrive',
  'never-started': 'redrive',
  unknown: 'decide',
  malformed: 'export',
  'sender-fault': 'export',
};

export const verdicts = Object.keys(proposedActs) as readonly Verdict[];

export const isVerdict = (text: string): text is Verdict => Object.hasOwn(proposedActs, text);

/** Whether a message may be put back on its queue. What is done, or may be, never is. */
export const mayBeRedriven = (verdict: Verdict): boolean =>
  proposedActs[verdict] === 'redrive' || proposedActs[verdict] === 'fix-then-redrive';

/** How long locks are kept, so that a missing one means something. */
export interface Retention {
  readonly completedRetentionMs: DurationMs;
  readonly abandonedRetentionMs: DurationMs;
}

/** What a lock without an owner says, of which more is not known. */
export interface EndedLock extends Pick<LockRecord, 'fingerprint'> {
  readonly state: Exclude<LockRecord['state'], 'held'>;
}

/**
 * The verdict of `letter` against the lock of its message. `now` is the store's time. Total and pure.
 *
 * Without a lock it depends on the letter's age: no work on it can have ended before it came onto the queue, so a lock of
 * work that ended would still be there for as long as the shorter of the retentions.
 */
export function verdictOf(
  letter: DeadLetter,
  lock: ObservedLock | EndedLock | undefined,
  { now, retention }: { readonly now: StoreTime; readonly retention: Retention },
): Verdict {
  const { reason, fingerprint } = letter;
  if (fingerprint === undefined) return 'malformed';
  if (lock !== undefined) return verdictByLock(lock, fingerprint);
  if (sendersFaults.includes(reason)) return 'sender-fault';
  if (reason === 'MessageMismatchError') return 'conflict';
  const isBrokers = reason === 'MaxDeliveryCountExceeded' || reason === 'TTLExpiredException';
  return isBrokers && isYoung(letter, now, retention) ? 'never-started' : 'unknown';
}

function verdictByLock(lock: ObservedLock | EndedLock, fingerprint: Fingerprint): Verdict {
  const known = 'record' in lock ? lock.record : lock;
  if (compareFingerprints(known.fingerprint, fingerprint) !== 'same') return 'conflict';
  switch (known.state) {
    case 'completed':
      return 'already-done';
    case 'held':
      return 'record' in lock && !isExpired(lock) ? 'at-work' : 'interrupted';
    case 'released':
      return 'interrupted';
    case 'failed':
      return 'failed';
  }
}

/** Source: Microsoft, "Overview of Service Bus dead-letter queues", system-defined reasons. */
const sendersFaults: readonly DeadLetter['reason'][] = ['HeaderSizeExceeded', 'Session ID is null.'];

function isYoung({ enqueuedTime }: DeadLetter, now: StoreTime, retention: Retention): boolean {
  const keptMs = Math.min(retention.completedRetentionMs, retention.abandonedRetentionMs);
  // A time that is not known is NaN here, which is less than nothing: it is not young.
  return age(storeTime(Date.parse(enqueuedTime)), now) + margin < keptMs;
}

/** For what the clocks of broker and store disagree by, and far more. */
const margin = durationMs(3_600_000);
