import { type DurationMs, durationMs, seconds } from '../domain/time.ts';
import type { MessageIdentity } from '../domain/work-key.ts';
import { type GetMessageStatus, hasEnded, type MessageStatus } from './get-message-status.ts';
import type { Clock } from './ports/clock.ts';
import { Deadline } from './time/deadline.ts';

export interface StatusWait {
  readonly waitMs: DurationMs;
  /** Aborted when nobody waits any more. */
  readonly over: AbortSignal;
}

/** Waits for something to happen to a message, reading its lock now and then. */
export class AwaitStatusChange {
  readonly #getMessageStatus: Pick<GetMessageStatus, 'run'>;
  readonly #clock: Clock;

  constructor(getMessageStatus: Pick<GetMessageStatus, 'run'>, clock: Clock) {
    this.#getMessageStatus = getMessageStatus;
    this.#clock = clock;
  }

  /**
   * The status as soon as it differs from `known`: in status, attempt or steps. A renewal of the lock does not count. If time
   * is up, or nobody waits any more, it is the latest that was read. Work that has ended is not waited for.
   *
   * @throws LockStoreError if the store cannot be asked.
   */
  async run(
    message: MessageIdentity,
    known: MessageStatus | undefined,
    { waitMs, over }: StatusWait,
  ): Promise<MessageStatus | undefined> {
    const deadline = new Deadline(this.#clock, waitMs);
    let current = known;
    let pauseMs = firstPauseMs;
    while (current === undefined || !hasEnded(current)) {
      if (deadline.isOver || over.aborted) break;
      await this.#clock.sleep(durationMs(Math.min(pauseMs, deadline.leftMs)), over).catch(() => undefined);
      if (over.aborted) break;
      current = await this.#getMessageStatus.run(message);
      if (progressOf(current) !== progressOf(known)) break;
      pauseMs = durationMs(Math.min(pauseMs * 1.5, longestPauseMs));
    }
    return current;
  }
}

/** Short work ends soon; long work is not asked about often. */
const firstPauseMs = durationMs(200);
const longestPauseMs = seconds(1);

const progressOf = (status: MessageStatus | undefined): string =>
  status === undefined ? '' : JSON.stringify([status.status, status.attempt, status.steps]);
