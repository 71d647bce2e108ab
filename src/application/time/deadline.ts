import { type DurationMs, durationMs } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** A moment by which something has to be over, by the clock that only goes forward. */
export class Deadline {
  readonly #clock: Clock;
  #at: number;

  /** `waitMs` from now. */
  constructor(clock: Clock, waitMs: DurationMs) {
    this.#clock = clock;
    this.#at = clock.monotonic() + waitMs;
  }

  /** What is left until then; never negative. */
  get leftMs(): DurationMs {
    return durationMs(Math.max(0, this.#at - this.#clock.monotonic()));
  }

  get isOver(): boolean {
    return this.leftMs === 0;
  }

  /** Moves it to `waitMs` from now, unless it comes sooner anyway. */
  bringForward(waitMs: number): void {
    this.#at = Math.min(this.#at, this.#clock.monotonic() + waitMs);
  }
}

/**
 * What `work` gives; `late` if that takes longer than `limitMs`. Late work goes on, and nobody hears of its end.
 *
 * @throws what `work` throws; the signal's reason when it is aborted.
 */
export async function within<T>(
  clock: Clock,
  limitMs: DurationMs,
  work: Promise<T>,
  signal?: AbortSignal,
): Promise<T | 'late'> {
  const settled = new AbortController();
  const until = signal === undefined ? settled.signal : AbortSignal.any([signal, settled.signal]);
  const late = clock.sleep(limitMs, until).then(() => 'late' as const);
  late.catch(() => undefined); // nobody may be left to hear of it
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
}
