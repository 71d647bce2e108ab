import { fileNameOf, type LockName } from './lock-name.ts';
import type { StoreTime } from './time.ts';
import { utcText } from './utc-text.ts';
import { identityText, type MessageIdentity } from './work-key.ts';

/**
 * Why a delivery was not worked on, or its work not finished. A host that settles by itself dead-letters a `final` one at
 * once, with `name` as the reason; every other one it abandons, and the broker delivers again.
 */
export abstract class DeliveryError extends Error {
  abstract readonly isFinal: boolean;
}

/** Another execution is at work. The broker delivers again; by then the lock is completed, released or expired. */
export class ActiveLockError extends DeliveryError {
  override readonly name = 'ActiveLockError';
  readonly isFinal = false;
  /** When the lock expires if its owner writes no more, by the store's clock. */
  readonly until: StoreTime;
  constructor(message: MessageIdentity, lock: LockName, until: StoreTime) {
    super(`The message ID ${identityText(message)} has an active lock ${fileNameOf(lock)} until ${utcText(until)}`);
    this.until = until;
  }
}

/** The message ID belongs to a message of other content. Nothing was done; send this content under an ID of its own. */
export class MessageMismatchError extends DeliveryError {
  override readonly name = 'MessageMismatchError';
  readonly isFinal = true;
  constructor(message: MessageIdentity) {
    super(
      `The message ID ${identityText(message)} belongs to a message with other content. This one was not processed: send it again under an ID of its own.`,
    );
  }
}

/** The work of this message failed for good before. It is not tried again; a corrected message may be sent under its ID. */
export class MessageFailedError extends DeliveryError {
  override readonly name = 'MessageFailedError';
  readonly isFinal = true;
  /** As it is recorded in the lock. */
  readonly lastError: string;
  /** `cause` is what the handler threw, if that was in this delivery. */
  constructor(message: MessageIdentity, lastError: string | null, cause?: unknown) {
    const recorded = lastError ?? 'no error was recorded';
    super(`The message ID ${identityText(message)} failed for good: ${recorded}`, { cause });
    this.lastError = recorded;
  }
}

/** What became of a write of the lock could not be learnt in time. No work is done on it; the next delivery sorts it out. */
export class LockUndecidedError extends DeliveryError {
  override readonly name = 'LockUndecidedError';
  readonly isFinal = false;
  constructor(message: MessageIdentity, cause: unknown) {
    super(`What became of a write to the lock of message ID ${identityText(message)} could not be learnt in time.`, {
      cause,
    });
  }
}

/**
 * The lock is no longer this execution's: taken over, gone, or not renewed in time. What it does from then on is not recorded:
 * the present or next owner of the lock decides what becomes of the message.
 */
export class LockLostError extends DeliveryError {
  override readonly name = 'LockLostError';
  readonly isFinal = false;
  constructor(message: MessageIdentity, how: 'to another execution' | 'since it could not be renewed in time') {
    super(`The lock of message ID ${identityText(message)} was lost ${how}.`);
  }
}

/** The execution's time is up. Its lock is released once the handler has settled, and the next delivery goes on. */
export class DeadlineError extends DeliveryError {
  override readonly name = 'DeadlineError';
  readonly isFinal = false;
  constructor(message: MessageIdentity, afterMs: number) {
    super(`The work of message ID ${identityText(message)} did not finish within ${afterMs / 1000} s.`);
  }
}

/** The host is stopping. The next delivery, to another host or this one's successor, goes on. */
export class ShutdownError extends DeliveryError {
  override readonly name = 'ShutdownError';
  readonly isFinal = false;
  constructor(message: MessageIdentity) {
    super(`The host stopped before message ID ${identityText(message)} was done.`);
  }
}

/**
 * The handler ignored that its signal was aborted. Its lock stays held and expires, since it may still be at work: released,
 * another execution would start beside it.
 */
export class WorkNotSettledError extends DeliveryError {
  override readonly name = 'WorkNotSettledError';
  readonly isFinal = false;
  constructor(message: MessageIdentity, cause: unknown) {
    super(
      `The handler of message ID ${identityText(message)} did not end when it was told to. Its lock is left to expire.`,
      {
        cause,
      },
    );
  }
}
