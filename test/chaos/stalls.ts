import type { Freeze } from './evidence.ts';

const everyMs = 100;
const leastMs = 500;

/** Times in which this process did not run: the machine was too busy, and others may have stood still as well. */
export function watchForStalls(startedAt: number, ends: Pick<AsyncDisposableStack, 'defer'>): readonly Freeze[] {
  const stalls: Freeze[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > leastMs) stalls.push({ pid: 'all', from: last - startedAt, to: now - startedAt });
    last = now;
  }, everyMs);
  ends.defer(() => clearInterval(timer));
  return stalls;
}
