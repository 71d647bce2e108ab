import { setTimeout as delay } from 'node:timers/promises';
import type { DurationMs } from '../../domain/time.ts';
import { storageErrorText } from './storage-error-text.ts';
import { isAbort, mayPass } from './storage-errors.ts';

const longestPauseMs = 200;

/**
 * Makes `attempt` again, after pauses that grow and differ, until it returns a value: undefined asks for another try, and so
 * does an error that may pass.
 *
 * @throws the attempt's own error if that will not pass; Error once `budgetMs` is over, with the last one as its cause. What the
 *   service said, if it ever did, tells more than that it said nothing in time to the last try.
 */
export async function retriedWithin<T>(budgetMs: DurationMs, attempt: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + budgetMs;
  let cause: unknown;
  for (let pauseMs = 10; performance.now() < end; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (cause === undefined || !isAbort(error)) cause = error;
    }
    await delay(pauseMs * Math.random());
  }
  cause ??= new Error('others were faster every time');
  throw new Error(`nothing came of it within ${budgetMs} ms: ${storageErrorText(cause)}`, { cause });
}
