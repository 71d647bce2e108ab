import type { SleepSignal } from '../ports/clock.ts';

/** Resolves when one of `signals` is aborted. Each keeps a listener until it is, so none of them may outlive the execution. */
export const aborted = (...signals: readonly SleepSignal[]): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of signals) onAbort(signal, resolve);
  });

/** Resolves when `signal` is aborted, which may live for long; not any more once the work is over. */
export function abortedBefore(over: SleepSignal, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = () => resolve();
  onAbort(signal, listener);
  onAbort(over, () => signal.removeEventListener('abort', listener));
  return promise;
}

/** Calls `listener` when `signal` is aborted, or now if it is. */
export function onAbort(signal: SleepSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
}
