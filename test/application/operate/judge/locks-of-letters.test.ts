import { describe, expect, it } from 'vitest';
import { LocksOfLetters } from '../../../../src/application/operate/judge/locks-of-letters.ts';
import { subjectOf } from '../../../../src/application/operate/operator-ports.ts';
import type { LockStore } from '../../../../src/application/ports/lock-store.ts';
import type { LockName } from '../../../../src/domain/lock-name.ts';
import type { LockRecord } from '../../../../src/domain/lock-record.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { heldBy, lockOf, messageId } from '../../../support/lock-records.ts';
import { World } from '../../../support/message-run.ts';
import { written } from '../../../support/written.ts';
import { operatorIn } from '../operator-fixture.ts';

/** A world with the locks of `m-0` to `m-99`, and what is asked of its store. */
async function hundredLocks() {
  const world = new World();
  const put = async (id: string, changes: Partial<LockRecord> = {}) =>
    written(await world.locks.put(lockOf(id), heldBy('a', { messageId: messageId(id), ...changes }), 'absent'));
  for (let place = 0; place < 100; place += 1) await put(`m-${place}`);
  const { ports } = operatorIn(world);
  const asked: LockName[] = [];
  const store: LockStore = {
    read: (name) => {
      asked.push(name);
      return world.locks.read(name);
    },
    put: () => Promise.reject(new Error('Nothing is written here.')),
    delete: () => Promise.reject(new Error('Nothing is deleted here.')),
  };
  const locks = new LocksOfLetters({ ...ports, store }, { catalog: world.locks, scope: 'queue' });
  /** Whether each has a lock, after as much preparation as each batch has. */
  const haveLocks = async (...ids: readonly string[]) => {
    await locks.prepare();
    const found = await Promise.all(
      ids.map((id) => locks.of(subjectOf(ports, { id: messageId(id), source: undefined }))),
    );
    return found.map((lock) => lock !== undefined);
  };
  /** The states of those that have a lock, as far as a verdict needs it, and what was read for it. */
  const statesOf = async (...ids: readonly string[]) => {
    await locks.prepare();
    asked.length = 0;
    const found = await Promise.all(
      ids.map((id) => locks.briefly(subjectOf(ports, { id: messageId(id), source: undefined }))),
    );
    return found.map((lock) => lock && ('record' in lock ? lock.record.state : lock.state));
  };
  return { world, put, haveLocks, statesOf, asked };
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, place) => `${prefix}-${place}`);

describe('The locks of many dead letters', () => {
  it('are read one by one as long as most are there', async () => {
    const { haveLocks, asked } = await hundredLocks();
    for (let batch = 0; batch < 5; batch += 1) await haveLocks(...named('m', 100), ...named('none', 30));
    expect(asked).toHaveLength(650);
  });

  it('are read only where a listing shows them, once many were missing', async () => {
    const { haveLocks, asked } = await hundredLocks();
    await haveLocks(...named('none', 100));
    asked.length = 0;
    expect(await haveLocks('m-1', 'none-1', 'm-2', 'none-2')).toEqual([true, false, true, false]);
    expect(asked).toEqual([lockOf('m-1'), lockOf('m-2')]);
  });

  it('are read for a verdict only where they are held, once many were not', async () => {
    const { put, statesOf, asked } = await hundredLocks();
    for (const id of named('done', 100)) await put(id, { state: 'completed' });
    await put('interrupted', { state: 'released' });
    expect(await statesOf(...named('done', 100))).toEqual(named('done', 100).map(() => 'completed'));
    expect(asked).toHaveLength(100);
    expect(await statesOf('done-1', 'm-1', 'interrupted', 'none')).toEqual([
      'completed',
      'held',
      'released',
      undefined,
    ]);
    expect(asked).toEqual([lockOf('m-1')]);
  });

  it('are read for a verdict if the listing does not say what their content is', async () => {
    const { world, put, statesOf, asked } = await hundredLocks();
    await statesOf(...named('none', 100));
    await put('other', { state: 'completed' });
    // Of another version, or of metadata that somebody has taken away.
    const pages = world.locks.pages.bind(world.locks);
    world.locks.pages = async function* (scope) {
      for await (const page of pages(scope)) {
        yield { ...page, locks: page.locks.map(({ fingerprint: _, ...lock }) => lock) };
      }
    };
    expect(await statesOf('other', 'none')).toEqual(['completed', undefined]);
    expect(asked).toEqual([lockOf('other')]);
  });

  it('are looked for anew when the listing is old', async () => {
    const { world, put, haveLocks } = await hundredLocks();
    await haveLocks(...named('none', 100));
    expect(await haveLocks('late')).toEqual([false]);
    await put('late');
    await world.advance(seconds(11));
    expect(await haveLocks('late')).toEqual([true]);
  });
});
