import type { StoredMessage } from './stored-message.ts';

/**
 * The next moment at which time alone changes a message: its lock ends, it becomes active, it expires. A deferred or
 * dead-lettered message does not expire.
 */
export function dueTime({ lock, state, content, enqueuedTime, timeToLiveMs, isDeadLettered }: StoredMessage): number {
  if (lock !== undefined) return lock.until;
  if (state === 'scheduled') return content.scheduledEnqueueTime ?? enqueuedTime;
  if (state === 'deferred' || isDeadLettered || timeToLiveMs === undefined) return Number.POSITIVE_INFINITY;
  return enqueuedTime + timeToLiveMs;
}
