import type { FencingToken } from '../../domain/fencing-token.ts';
import type { Jsonified } from '../../domain/jsonified.ts';
import type { DeliveredMessage } from '../../domain/message.ts';
import type { OwnerId } from '../../domain/owner.ts';
import type { WorkKey } from '../../domain/work-key.ts';

/** What the work may know of the execution it runs in. */
export interface HandlerContext {
  /** What the work is known by: whatever you name after a message, name by all of it, since an ID alone need not be unique. */
  readonly workKey: WorkKey;
  /** Which attempt at this message this is, from 1. */
  readonly attempt: number;
  readonly owner: OwnerId;
  /** Grows with every attempt: hand it to whatever can refuse an older one. */
  readonly fencingToken: FencingToken;
  /**
   * Aborted when the work has to end: its lock is lost (reason LockLostError), the execution's time is up (DeadlineError), or
   * the host is stopping (ShutdownError). Work that goes on all the same is waited for as long as the execution has time, then
   * left alone.
   */
  readonly signal: AbortSignal;
  readonly step: RunStep;
}

/**
 * Does a part of the work, whose result is stored in the lock before the next part begins. Whoever resumes the message gets
 * the stored result, and the part is not done again. Steps are told apart by their order and names, which must be the same
 * in every attempt; a name may come again. They do not overlap: wait for each. A step that is to be tried again within the
 * attempt does so in its `work`: called again it is another step, with a key of its own.
 *
 * What `work` returns must be JSON, at most 64 KB; a step hands out what JSON keeps of it, in the first attempt already: of a
 * Date its text. What JSON would lose in silence is refused: a Map, a Set, NaN, an Error, a promise that was not awaited.
 *
 * @throws UnstorableResultError if JSON cannot keep what `work` returned; the step counts as not done.
 * @throws what `work` threw; then it is not done, and the next attempt does it again.
 * @throws StepInterrupted if it runs at most once, and an earlier attempt began it.
 * @throws StepOrderError if an earlier attempt had another step here.
 * @throws the signal's reason if the work has to end.
 */
export type RunStep = <Result>(
  name: string,
  work: (step: StepContext) => Promise<Result> | Result,
  options?: StepOptions,
) => Promise<Jsonified<Result>>;

/** What one step may know. */
export interface StepContext {
  /** The same in every attempt, and no other step's: hand it to whoever makes the effect, and it is made once. */
  readonly idempotencyKey: string;
  readonly fencingToken: FencingToken;
  readonly signal: AbortSignal;
}

export interface StepOptions {
  /**
   * For an effect that must not be repeated and that nobody can be asked about. Its beginning is stored before it begins; if
   * it then does not finish, it is not run again: the next attempt gets a StepInterrupted. A step that knows that it did
   * nothing throws StepNotDone.
   */
  readonly atMostOnce?: boolean;
}

/**
 * The work of a message, supplied by whoever adopts this. What it returns must be JSON, and is kept in the lock as the
 * message's result. If it throws, the lock is released and the broker delivers the message again; a PermanentFailure ends it.
 */
export type MessageHandler = (message: DeliveredMessage, context: HandlerContext) => Promise<unknown>;
