import { describe, expect, it } from 'vitest';
import { PeekLockDuration } from '../../../src/adapters/service-bus/peek-lock-duration.ts';

/** A time of the broker's clock, which has nothing to do with this machine's. */
const enqueued = Date.UTC(1999, 0, 1);
const delivered = ({
  afterMs = 0,
  lockMs,
  deliveryCount = 0,
}: {
  afterMs?: number;
  lockMs: number;
  deliveryCount?: number;
}) => ({
  enqueuedTimeUtc: new Date(enqueued),
  lockedUntilUtc: new Date(enqueued + afterMs + lockMs),
  deliveryCount,
});

describe('A peek-lock is renewed', () => {
  it('in time for the shortest that there is, as long as nothing is known', () => {
    const duration = new PeekLockDuration();
    expect(duration.renewalMs).toBeLessThanOrEqual(5000 / 3);
    duration.note({}, 5000);
    expect(duration.renewalMs).toBeLessThanOrEqual(5000 / 3);
  });

  it('after a third of it, once a message came while it was waited for', () => {
    const duration = new PeekLockDuration();
    duration.note(delivered({ lockMs: 30_000 }), 2000);
    expect(duration.renewalMs).toBe(10_000);
  });

  it('after 15 s at most', () => {
    const duration = new PeekLockDuration();
    duration.note(delivered({ lockMs: 300_000 }), 2000);
    expect(duration.renewalMs).toBe(15_000);
  });

  it.each([
    ['was on the queue for an hour', { afterMs: 3_600_000 }, 0],
    ['was given back, and delivered to who waited', { afterMs: 3_600_000, deliveryCount: 1 }, 2000],
  ])('in time for the shortest that there is, if a message %s', (_what, message, waitedMs) => {
    const duration = new PeekLockDuration();
    duration.note(delivered({ lockMs: 10_000, ...message }), waitedMs);
    expect(duration.renewalMs).toBeLessThanOrEqual(5000 / 3);
  });

  it('by the least that was seen, whatever comes later', () => {
    const duration = new PeekLockDuration();
    duration.note(delivered({ lockMs: 10_000, afterMs: 200 }), 2000);
    duration.note(delivered({ lockMs: 10_000 }), 0);
    duration.note(delivered({ lockMs: 10_000, afterMs: 3_600_000 }), 0);
    expect(duration.renewalMs).toBe(10_000 / 3);
  });

  it('in time for one that only an emulator has, and not without a pause', () => {
    const duration = new PeekLockDuration();
    duration.note(delivered({ lockMs: 1000 }), 0);
    expect(duration.renewalMs).toBe(1000 / 3);
    duration.note(delivered({ lockMs: -5 }), 0);
    expect(duration.renewalMs).toBe(100);
  });
});
