import type { Clock, SleepSignal } from '../../application/ports/clock.ts';
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

  /**
   * A wait of more than a second lasts up to 20 ms longer: node keeps a list for each length of timers, and the many waits of
   * nearly the same length share one. Its own promise timer makes an error with a stack trace when it is aborted, as
   * most of these are.
   */
  sleep(wait: DurationMs, signal?: SleepSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let left: number = wait > 1000 ? Math.ceil(wait / 20) * 20 : wait;
      let timer: NodeJS.Timeout;
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const goOn = () => {
        if (left > 0) {
          timer = setTimeout(goOn, Math.min(left, longestTimerMs));
          left -= longestTimerMs;
          return;
        }
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
      goOn();
    });
  }
}

/** A longer one goes off at once. Source: Node.js, "Timers", setTimeout. */
const longestTimerMs = 2 ** 31 - 1;
