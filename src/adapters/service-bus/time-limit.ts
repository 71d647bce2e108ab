import type { DurationMs } from '../../domain/time.ts';

/** No answer came in time. What was asked for may have happened, or may happen later. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
  constructor(limitMs: DurationMs) {
    super(`No answer within ${limitMs} ms.`);
  }
}

/** What `answer` resolves to; rejects with a TimeLimitError once `limitMs` has passed. */
export async function withTimeLimit<T>(answer: Promise<T>, limitMs: DurationMs): Promise<T> {
  const limit = Promise.withResolvers<never>();
  // Only after what has already arrived was read: if this thread was busy for long, the answer may be there.
  const timer = setTimeout(() => setImmediate(() => limit.reject(new TimeLimitError(limitMs))), limitMs);
  try {
    return await Promise.race([answer, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
