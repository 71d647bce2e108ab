import { describe, expect, it } from 'vitest';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { lockGuard, PermanentFailure, Token } from '../../../src/index.ts';

/** A guard over a store in memory, and what it logs. */
function newGuard() {
  const store = new InMemoryLockStore();
  const guard = lockGuard({
    env: { LockStorage: 'UseDevelopmentStorage=true' },
    log: () => undefined,
    configure: (container) => void container.rebind(Token.lockStore).toConstantValue(store),
  });
  return { guard, store };
}

const report = { scope: 'reports', id: '2026-11-29' };

describe('A guard without a host', () => {
  it('does work once, and hands out its result', async () => {
    const { guard } = newGuard();
    const outcomes = await Promise.all(
      [1, 2].map(() => guard.once({ ...report, wait: 'PT30S' }, () => ({ pages: 7 }))),
    );
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['done', 'done-before']);
    expect(outcomes).toMatchObject([{ result: { pages: 7 } }, { result: { pages: 7 } }]);
    await guard.stop();
  });

  it('says until when another call is at work, and that it failed for good', async () => {
    const { guard } = newGuard();
    const working = Promise.withResolvers<void>();
    const first = guard.once(report, () => working.promise);
    await expect.poll(() => guard.once(report, () => 1)).toEqual({ kind: 'active', until: expect.any(Date) });
    working.reject(new PermanentFailure('no data'));
    expect(await first).toEqual({ kind: 'failed', error: 'PermanentFailure: no data' });
    await guard.stop();
  });

  it('ends the work that it is told to stop', async () => {
    const { guard } = newGuard();
    const begun = Promise.withResolvers<void>();
    const working = guard.once(report, ({ signal }) => {
      begun.resolve();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await begun.promise;
    await Promise.all([guard.stop(), expect(working).rejects.toThrow('The host stopped before')]);
  });

  it('is refused with everything that is wrong with its settings, and needs none of Service Bus', () => {
    expect(() => lockGuard({ env: { LOCK_TTL: '1' }, log: () => undefined })).toThrow(
      /LockStorage is not set.*LOCK_TTL is "1"/s,
    );
    expect(() => lockGuard({ env: { LOCK_TTL: '1' }, log: () => undefined })).not.toThrow('ServiceBusConnection');
  });
});
