import type { LockName } from '../../domain/lock-name.ts';
import type { TakeoverCause } from '../../domain/lock-policy.ts';
import type { MessageId } from '../../domain/message-id.ts';
import type { OwnerId } from '../../domain/owner.ts';
import type { DurationMs, StoreTime } from '../../domain/time.ts';
import type { Span } from './telemetry/tracing.ts';

/** What an event is about. */
export interface LockSubject {
  readonly messageId: MessageId;
  /** The source of another producer's event. */
  readonly source?: string | undefined;
  readonly lock: LockName;
  /** W3C trace context of the message's submission, if it came with one. */
  readonly traceparent?: string;
  /** The span of the delivery that it happened in. */
  readonly span?: Span;
  /** Requests to the store for that delivery, counted as they are made. */
  readonly requests?: RequestCount;
}

export interface RequestCount {
  soFar: number;
}

/** Something that was decided about a lock or happened to it. */
export type LockEvent = LockSubject & LockEventBody;

/** What it was, with what it was decided on. Times are the store's. */
export type LockEventBody =
  | { readonly kind: 'created'; readonly owner: OwnerId; readonly attempt: number; readonly writtenAt: StoreTime }
  | {
      readonly kind: 'taken-over';
      readonly owner: OwnerId;
      readonly attempt: number;
      readonly cause: TakeoverCause;
      readonly previousOwner: OwnerId;
      readonly writtenAt: StoreTime;
      readonly observedAt: StoreTime;
    }
  | {
      readonly kind: 'rejected';
      readonly until: StoreTime;
      readonly observedAt: StoreTime;
      readonly activeOwner: OwnerId;
    }
  /** The store is unavailable; the delivery waits and asks again for as long as `waitMs`. Told once a delivery. */
  | { readonly kind: 'store-trouble'; readonly cause: string; readonly waitMs: DurationMs }
  | { readonly kind: 'skipped'; readonly completedBy: OwnerId; readonly completedAt: StoreTime }
  | { readonly kind: 'refused'; readonly lastError: string | null }
  | { readonly kind: 'mismatch'; readonly state: string }
  | { readonly kind: 'not-compared'; readonly stored: string; readonly claimed: string }
  | { readonly kind: 'ambiguous-resolved'; readonly owner: OwnerId; readonly write: string; readonly isOurs: boolean }
  | { readonly kind: 'completed'; readonly owner: OwnerId; readonly attempt: number; readonly isKept: boolean }
  | {
      readonly kind: 'released';
      readonly owner: OwnerId;
      readonly attempt: number;
      /** Null if the attempt was given up for no fault of its own. */
      readonly lastError: string | null;
      readonly retryAfterMs: DurationMs;
    }
  | { readonly kind: 'failed'; readonly owner: OwnerId; readonly attempt: number; readonly lastError: string }
  /** The attempt failed, and its lock could not be released: others wait until it expires. */
  | { readonly kind: 'not-released'; readonly owner: OwnerId; readonly lastError: string; readonly cause: string }
  | { readonly kind: 'heartbeat-failed'; readonly owner: OwnerId; readonly cause: string }
  | { readonly kind: 'lost'; readonly owner: OwnerId; readonly during: string; readonly how: string }
  /** The stamps of two owners' writes lie closer than a ttl: before its first step, the later one waits out the rest. */
  | {
      readonly kind: 'clock-disagreement';
      readonly owner: OwnerId;
      readonly previousWrittenAt: StoreTime;
      readonly writtenAt: StoreTime;
      readonly waitMs: DurationMs;
    }
  | {
      readonly kind: 'swept';
      readonly state: string;
      readonly writtenAt: StoreTime;
      readonly observedAt: StoreTime;
    }
  /** A person let the work be taken up again. `from`: how the lock was. */
  | {
      readonly kind: 'released-by-operator';
      readonly owner: OwnerId;
      readonly previousOwner: OwnerId;
      readonly from: string;
      readonly retryAfterMs: DurationMs;
      readonly who: string;
      readonly reason: string;
    }
  /** A person said whether a step was done that may run at most once. */
  | {
      readonly kind: 'answered-by-operator';
      readonly owner: OwnerId;
      readonly step: string;
      readonly position: number;
      readonly answer: 'done' | 'not-done';
      readonly who: string;
      readonly reason: string;
    }
  /** A dead letter was put back on its queue, or removed since its work is done. */
  | {
      readonly kind: 'redriven' | 'dead-letter-completed';
      readonly sequenceNumber: string;
      readonly verdict: string;
      readonly who: string;
      readonly reason: string;
    }
  | { readonly kind: 'step-done'; readonly owner: OwnerId; readonly step: string; readonly position: number }
  | { readonly kind: 'step-replayed'; readonly owner: OwnerId; readonly step: string; readonly position: number };

/** Is told of every decision as it is made. It must not throw and must not wait. */
export interface LockEvents {
  emit(event: LockEvent): void;
}
