import { describe, expect, it } from 'vitest';
import { durationMs, seconds } from '../../src/domain/time.ts';
import { heldBy } from '../support/lock-records.ts';
import { key, statusOf } from '../support/status-fixture.ts';

describe('Whoever waits for a change of a message’s status', () => {
  const over = () => new AbortController();

  it('hears of it soon', async () => {
    const { clock, plant, getMessageStatus, awaitStatusChange } = statusOf();
    plant();
    const known = await getMessageStatus.run(key);
    const changed = awaitStatusChange.run(key, known, { waitMs: seconds(30), over: over().signal });
    await clock.advance(seconds(3));
    plant({ state: 'completed' });
    await clock.advance(seconds(1));
    expect(await changed).toMatchObject({ status: 'completed' });
  });

  it('is not told of a lock that was only renewed, and gets the latest when time is up', async () => {
    const { clock, plant, getMessageStatus, awaitStatusChange } = statusOf();
    plant();
    const known = await getMessageStatus.run(key);
    const waited = awaitStatusChange.run(key, known, { waitMs: seconds(5), over: over().signal });
    await clock.advance(seconds(3));
    plant({ writeId: heldBy('a').writeId });
    await clock.advance(seconds(2));
    expect(await waited).toMatchObject({ status: 'processing', updatedAt: Date.UTC(2024, 0, 1) + 3000 });
  });

  it('does not wait for work that has ended', async () => {
    const { plant, getMessageStatus, awaitStatusChange } = statusOf();
    plant({ state: 'failed', lastError: 'oh' });
    const known = await getMessageStatus.run(key);
    expect(await awaitStatusChange.run(key, known, { waitMs: seconds(5), over: over().signal })).toBe(known);
  });

  it('stops when it is gone', async () => {
    const { clock, awaitStatusChange } = statusOf();
    const gone = over();
    const waited = awaitStatusChange.run(key, undefined, { waitMs: seconds(30), over: gone.signal });
    await clock.advance(durationMs(500));
    gone.abort();
    expect(await waited).toBeUndefined();
    expect(clock.sleepers).toBe(0);
  });
});
