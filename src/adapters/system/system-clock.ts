import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../application/ports/clock.ts';
import type { DurationMs } from '../../domain/time.ts';

/** The clock of this machine. */
export class SystemClock implements Clock {
  monotonic(): number {
    return performance.now();
  }

  wallTime(): number {
    return Date.now();
  }

  timestamp(): string {
    return new Date().toISOString();
  }

  async sleep(wait: DurationMs, signal?: AbortSignal): Promise<void> {
    try {
      let left: number = wait;
      do {
        await delay(Math.min(left, longestTimerMs), undefined, signal && { signal });
        left -= longestTimerMs;
      } while (left > 0);
    } catch {
      // Node rejects with an AbortError of its own; the caller wants the reason that it gave.
      signal?.throwIfAborted();
    }
  }
}

/** A longer one goes off at once. Source: Node.js, "Timers", setTimeout. */
const longestTimerMs = 2 ** 31 - 1;
