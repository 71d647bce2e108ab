import { vi } from 'vitest';
import { timeLimits } from './time-limits.ts';

/** What `check` returns, as soon as it does not throw or reject. */
export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: timeLimits.waitMs, interval: 20 });
