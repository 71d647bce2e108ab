import { describe, expect, it } from 'vitest';
import {
  FaultyLockStore,
  type LockCall,
  type LockFault,
  type LockFaultKind,
} from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import type { LockVersion } from '../../../src/application/ports/lock-store.ts';
import { describeLockStore } from '../../contracts/lock-store.contract.ts';
import { heldBy, lockOf } from '../../support/lock-records.ts';

const noFaults = () => undefined;
describeLockStore('FaultyLockStore without faults', async () => new FaultyLockStore(new InMemoryLockStore(), noFaults));

describe('FaultyLockStore', () => {
  const name = lockOf('m-1');

  /** A store in which the first call of `operation` meets `fault`, and the one behind it. */
  const storeWith = (operation: LockCall['operation'], fault: LockFault) => {
    const inner = new InMemoryLockStore();
    const isMet = (call: LockCall) => call.operation === operation && call.nth === 1;
    return { inner, store: new FaultyLockStore(inner, (call) => (isMet(call) ? fault : undefined)) };
  };

  it('asks about each call, counting those of one operation on one lock', async () => {
    const calls: LockCall[] = [];
    const store = new FaultyLockStore(new InMemoryLockStore(), (call) => {
      calls.push(call);
      return undefined;
    });
    const other = lockOf('m-2');
    await store.read(name);
    await store.put(name, heldBy('first'), 'absent');
    await store.read(other);
    await store.read(name);
    await store.delete(name, '"0"' as LockVersion);
    expect(calls).toEqual([
      { operation: 'read', name, nth: 1 },
      { operation: 'put', name, nth: 1 },
      { operation: 'read', name: other, nth: 1 },
      { operation: 'read', name, nth: 2 },
      { operation: 'delete', name, nth: 1 },
    ]);
  });

  it('loses a write on its way', async () => {
    const { inner, store } = storeWith('put', { kind: 'request-lost' });
    expect(await store.put(name, heldBy('first'), 'absent')).toMatchObject({ kind: 'unknown' });
    expect(await inner.read(name)).toBeUndefined();
    expect(await store.put(name, heldBy('second'), 'absent')).toMatchObject({ kind: 'written' });
  });

  it('loses the answer to a write that was applied', async () => {
    const { inner, store } = storeWith('put', { kind: 'answer-lost' });
    expect(await store.put(name, heldBy('first'), 'absent')).toMatchObject({ kind: 'unknown' });
    expect((await inner.read(name))?.record.owner).toBe('first');
  });

  it('loses the answer to a deletion that was applied', async () => {
    const { inner, store } = storeWith('delete', { kind: 'answer-lost' });
    const { version } = inner.plant(name, 'foreign');
    expect(await store.delete(name, version)).toMatchObject({ kind: 'unknown' });
    expect(await inner.read(name)).toBeUndefined();
  });

  it('loses the answer to a write that met a conflict', async () => {
    const { inner, store } = storeWith('put', { kind: 'answer-lost' });
    await inner.put(name, heldBy('first'), 'absent');
    expect(await store.put(name, heldBy('second'), 'absent')).toMatchObject({ kind: 'unknown' });
    expect((await inner.read(name))?.record.owner).toBe('first');
  });

  it('holds a write back until it is let go, and applies it then if its condition is met', async () => {
    const { inner, store } = storeWith('put', { kind: 'request-late' });
    expect(await store.put(name, heldBy('first'), 'absent')).toMatchObject({ kind: 'unknown' });
    expect(await inner.read(name)).toBeUndefined();
    const [late] = store.lateRequests;
    expect(late).toMatchObject({ operation: 'put', name, nth: 1 });
    expect(await late?.arrive()).toMatchObject({ kind: 'written' });
    expect((await inner.read(name))?.record.owner).toBe('first');
    expect(await late?.arrive()).toEqual({ kind: 'conflict' });
  });

  it.each<LockFaultKind>(['request-lost', 'answer-lost', 'request-late', 'transient-error'])(
    'rejects a read with an error that may pass: %s',
    async (kind) => {
      const { store } = storeWith('read', { kind });
      await expect(store.read(name)).rejects.toMatchObject({ name: 'LockStoreError', isTransient: true });
      expect(await store.read(name)).toBeUndefined();
    },
  );

  it.each([
    ['transient-error', true],
    ['final-error', false],
  ] as const)('does nothing and rejects: %s', async (kind, isTransient) => {
    const { inner, store } = storeWith('put', { kind });
    await expect(store.put(name, heldBy('first'), 'absent')).rejects.toMatchObject({
      name: 'LockStoreError',
      isTransient,
    });
    expect(await inner.read(name)).toBeUndefined();
  });

  it('delays a request before it arrives, and its answer after', async () => {
    const request = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const { inner, store } = storeWith('put', {
      kind: 'slow',
      beforeRequest: () => request.promise,
      beforeAnswer: () => answer.promise,
    });
    let isAnswered = false;
    const put = store.put(name, heldBy('first'), 'absent').finally(() => {
      isAnswered = true;
    });
    expect(await inner.read(name)).toBeUndefined();
    request.resolve();
    await expect.poll(() => inner.read(name)).toBeDefined();
    expect(isAnswered).toBe(false);
    answer.resolve();
    expect(await put).toMatchObject({ kind: 'written' });
  });
});
