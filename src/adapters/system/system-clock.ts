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
      await delay(wait, undefined, signal && { signal });
    } catch {
      // Node rejects with an AbortError of its own; the caller wants the reason that it gave.
      signal?.throwIfAborted();
    }
  }
}
