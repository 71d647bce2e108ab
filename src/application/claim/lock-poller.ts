import type { LockName } from '../../domain/lock-name.ts';
import { type DurationMs, durationMs } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredLock } from '../ports/lock-store.ts';
import { within } from '../time/deadline.ts';

/** A look at a lock that is due soon, and those who wait for what it shows. */
interface Look {
  readonly seen: Promise<StoredLock | undefined>;
  readonly cancel: AbortController;
  waiters: number;
}

/**
 * Lets the deliveries of one process that wait for the same lock look at it together: each look is one request, however many
 * wait, and one of them claims the lock when it is free.
 */
export class LockPoller {
  readonly #clock: Clock;
  readonly #looks = new Map<LockName, Look>();
  readonly #claimed = new Set<LockName>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What the next look shows, which is `pollMs` away if nobody else waits for one; or `late` after `mostMs`.
   *
   * @throws what `read` throws; the signal's reason when it is aborted.
   */
  async look(
    name: LockName,
    {
      pollMs,
      mostMs,
      signal,
      read,
    }: {
      readonly pollMs: DurationMs;
      readonly mostMs: DurationMs;
      readonly signal: AbortSignal | undefined;
      readonly read: () => Promise<StoredLock | undefined>;
    },
  ): Promise<StoredLock | undefined | 'late'> {
    const look = this.#looks.get(name) ?? this.#schedule(name, pollMs, read);
    look.waiters += 1;
    try {
      return await within(this.#clock, mostMs, look.seen, signal);
    } finally {
      look.waiters -= 1;
      if (look.waiters === 0) this.#cancel(name, look);
    }
  }

  /** Runs `claim`; undefined if another delivery of this process is claiming the lock just now. */
  async claim<T>(name: LockName, claim: () => Promise<T>): Promise<T | undefined> {
    if (this.#claimed.has(name)) return undefined;
    this.#claimed.add(name);
    try {
      return await claim();
    } finally {
      this.#claimed.delete(name);
    }
  }

  #schedule(name: LockName, pollMs: DurationMs, read: () => Promise<StoredLock | undefined>): Look {
    const cancel = new AbortController();
    const seen = this.#clock.sleep(durationMs(pollMs), cancel.signal).then(() => {
      // A delivery that comes from here on waits for the next look: this one may show what was before it came.
      if (this.#looks.get(name) === look) this.#looks.delete(name);
      return read();
    });
    seen.catch(() => undefined); // everybody may have left
    const look: Look = { seen, cancel, waiters: 0 };
    this.#looks.set(name, look);
    return look;
  }

  #cancel(name: LockName, look: Look): void {
    look.cancel.abort(new Error('Nobody waits for this look any more.'));
    if (this.#looks.get(name) === look) this.#looks.delete(name);
  }
}
