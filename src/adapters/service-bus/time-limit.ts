import type { DurationMs } from '../../domain/time.ts';

/** What `answer` resolves to, or a rejection once `limitMs` has passed. What was asked for may still happen later. */
export async function withTimeLimit<T>(answer: Promise<T>, limitMs: DurationMs): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`No answer within ${limitMs} ms.`)), limitMs);
  try {
    return await Promise.race([answer, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
