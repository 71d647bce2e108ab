import type { OwnerId } from './owner.ts';
import type { StoreTime } from './time.ts';

/** One owner that a lock had before, for people and for traces: the protocol never reads it. */
export interface FormerOwner {
  readonly owner: OwnerId;
  readonly host: string;
  readonly acquiredAt: StoreTime;
  /** When its last write was. */
  readonly lastWrittenAt: StoreTime;
  /**
   * `expired` if it wrote no more, `released` if it gave the lock up, `failed` if it failed for good, `released-by-operator` if a
   * person took the lock from it while it may have been at work.
   */
  readonly ending: 'expired' | 'released' | 'failed' | 'released-by-operator';
  /** W3C trace context of the span that it worked in. */
  readonly traceparent?: string | undefined;
}

/** How many owners a lock remembers. The earliest are forgotten first. */
export const mostFormerOwners = 10;

/** `history` with one owner more. */
export const remembered = (history: readonly FormerOwner[] | undefined, former: FormerOwner): readonly FormerOwner[] =>
  [...(history ?? []), former].slice(-mostFormerOwners);
