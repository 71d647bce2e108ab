import { LockUndecidedError } from '../../domain/errors.ts';
import { decide, type LockDecision, type TakeoverCause } from '../../domain/lock-policy.ts';
import {
  type Claim,
  created,
  identityOf,
  type LockContent,
  type LockRecord,
  type Ownership,
  takenOver,
} from '../../domain/lock-record.ts';
import { type DurationMs, durationMs } from '../../domain/time.ts';
import { type LockPorts, type OwnerWrite, putAsOwner, type WrittenLock } from '../lock/owned-write.ts';
import { WriteSequence } from '../lock/write-sequence.ts';
import type { Random } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { LockSubject } from '../ports/lock-events.ts';
import type { StoredLock, WriteCondition } from '../ports/lock-store.ts';
import type { WorkSlot } from '../ports/work-slot.ts';
import type { ProcessSettings } from '../settings/process-settings.ts';

/** What claiming a lock needs of its process. */
export interface ClaimPorts extends LockPorts {
  readonly ids: Ids;
  readonly random: Random;
  readonly settings: Pick<ProcessSettings, 'host'>;
}

/** What one delivery claims, and what ends its waits. */
export interface ClaimOptions {
  readonly subject: LockSubject;
  readonly claim: Claim;
  /** When the broker lets the message expire, in milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Ends every wait. */
  readonly signal: AbortSignal | undefined;
  /** Parked while the delivery only waits. */
  readonly slot: WorkSlot | undefined;
}

/** What came of a claim: the lock, or why not and what was seen. */
export type Acquisition =
  | { readonly kind: 'acquired'; readonly lock: WrittenLock; readonly takenOver?: Takeover }
  | (Exclude<LockDecision, { kind: 'create' | 'takeover' }> & { readonly stored: StoredLock });

/** What was taken over, and why that was allowed. */
export interface Takeover {
  readonly cause: TakeoverCause;
  readonly stored: StoredLock;
}

/** Races lost in a row, after which the delivery is given back: each of them means that somebody else made progress. */
const mostRaces = 10;

/**
 * Decides and writes until one of the two is final. `known` is what is known of the lock; undefined, it is created at once:
 * one request for a message that comes for the first time.
 *
 * @throws LockUndecidedError if what became of a write cannot be learnt. No work may be started then.
 * @throws the signal's reason when it is aborted before a free lock is due.
 */
export async function acquireLock(
  ports: ClaimPorts,
  options: ClaimOptions,
  known: StoredLock | undefined,
): Promise<Acquisition> {
  const { subject, claim } = options;
  const { ttlMs, operationBudgetMs: budgetMs } = ports.timings;
  const write = (contentOf: (ownership: Ownership) => LockContent, condition: WriteCondition) => {
    // A new owner for every race: a late write of one that was lost must never be taken for this one.
    const sequence = new WriteSequence(ports.ids.newOwnerId());
    const { host } = ports.settings;
    const content = contentOf({ owner: sequence.owner, host, ttlMs, trace: subject.span?.context });
    return putAsOwner(ports, { subject, content, sequence, condition, budgetMs });
  };

  let stored = known;
  for (let races = 0; races < mostRaces; races += 1) {
    const previous = stored;
    const decision = decide(previous, claim);
    let outcome: OwnerWrite;
    if (previous === undefined || decision.kind === 'create') {
      outcome = await write((ownership) => created(claim, ownership), 'absent');
    } else if (decision.kind === 'takeover') {
      const waitMs = decision.cause === 'expired' ? crashSpread(previous.record, ports.random) : decision.waitMs;
      if (waitMs > 0) await waitUntilDue(ports, options, previous, waitMs);
      outcome = await write((ownership) => takenOver(previous, claim, ownership), previous);
    } else {
      return { ...decision, stored: previous };
    }
    if (outcome.kind === 'ours') {
      const { lock } = outcome;
      if (previous === undefined || decision.kind !== 'takeover') return { kind: 'acquired', lock };
      return { kind: 'acquired', lock, takenOver: { cause: decision.cause, stored: previous } };
    }
    stored = outcome.stored; // another owner was faster, or deleted it: decide again on what is there now
  }
  throw new LockUndecidedError(identityOf(claim), new Error(`${mostRaces} races for it were lost in a row`));
}

/** Waits until a lock that is free later is due, but no longer than the message lives. */
function waitUntilDue(
  { clock }: ClaimPorts,
  { expiresAt, signal, slot }: ClaimOptions,
  stored: StoredLock,
  waitMs: DurationMs,
): Promise<void> {
  slot?.park();
  return clock.sleep(durationMs(Math.max(0, Math.min(waitMs, untilExpiry(stored, expiresAt)))), signal);
}

/** How long a message that expires at `expiresAt` had to live when the store showed `stored`, by the store's clock. */
export const untilExpiry = ({ observedAt }: StoredLock, expiresAt: number | undefined): number =>
  (expiresAt ?? Number.POSITIVE_INFINITY) - observedAt;

/**
 * A message that ends its process interrupts its neighbours, too, and all of them come back together. Taken over at random
 * times, spread wider with each crash, they drift apart, and the neighbours get done.
 */
const crashSpread = ({ crashes }: LockRecord, random: Random): DurationMs =>
  durationMs(Math.floor(random() * 2000 * (crashes + 1)));
