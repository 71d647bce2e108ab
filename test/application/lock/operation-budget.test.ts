import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { OperationBudget } from '../../../src/application/lock/operation-budget.ts';
import { LockStoreError } from '../../../src/application/ports/lock-store.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { lockOf, messageId } from '../../support/lock-records.ts';

const throttled = new LockStoreError('throttled', { isTransient: true });

/** A budget of 5 s for requests that may take 2 s each, and calls that are refused so often. */
function budgetOf({ refusals = 0, error = throttled as Error, takesMs = 0, giveUp = { aborted: false } } = {}) {
  const clock = new ManualClock();
  const timings = { requestTimeoutMs: seconds(2) };
  const budget = new OperationBudget(
    { clock, timings },
    { messageId: messageId('m-1'), lock: lockOf('m-1') },
    seconds(5),
    giveUp,
  );
  let calls = 0;
  const call = async () => {
    calls += 1;
    await clock.sleep(durationMs(takesMs));
    if (calls <= refusals) throw error;
    return 'answer';
  };
  const outcome = () => clock.until(budget.ask(call)).catch((thrown: Error) => thrown);
  return { clock, budget, outcome, calls: () => calls };
}

describe('An operation on a lock', () => {
  it('asks once if it is answered', async () => {
    const { outcome, calls } = budgetOf();
    expect([await outcome(), calls()]).toEqual(['answer', 1]);
  });

  it('asks again after a refusal that may pass, each time after a longer pause', async () => {
    const { clock, outcome, calls } = budgetOf({ refusals: 3 });
    expect([await outcome(), calls()]).toEqual(['answer', 4]);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(25 + 50 + 100);
  });

  it('does not ask again after one that needs somebody’s hand', async () => {
    const error = new LockStoreError('no container', { isTransient: false });
    const { outcome, calls } = budgetOf({ refusals: 9, error });
    expect([await outcome(), calls()]).toEqual([error, 1]);
  });

  it('sends no request whose answer may come after its budget, and says what went wrong last', async () => {
    const { clock, outcome, calls } = budgetOf({ refusals: 9, takesMs: 2000 });
    expect(await outcome()).toMatchObject({ name: 'LockUndecidedError', cause: throttled });
    expect(calls()).toBe(2);
    expect(clock.monotonic()).toBeLessThanOrEqual(5000);
  });

  it('ends between two requests when it is given up', async () => {
    const giveUp = { aborted: false };
    const { outcome, calls } = budgetOf({ refusals: 9, giveUp });
    const end = outcome();
    giveUp.aborted = true;
    expect(await end).toMatchObject({ name: 'LockUndecidedError' });
    expect(calls()).toBe(1);
  });

  it('that gets no clear answer says why in the end', async () => {
    const { clock, budget } = budgetOf();
    const cause = new Error('No answer.');
    const pauses = async () => {
      for (;;) await budget.pause({ kind: 'unknown', cause });
    };
    await expect(clock.until(pauses())).rejects.toMatchObject({ name: 'LockUndecidedError', cause });
    expect(clock.monotonic()).toBeLessThanOrEqual(5000);
  });
});
