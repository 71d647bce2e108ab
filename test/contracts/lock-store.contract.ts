import { describe, expect, it } from 'vitest';
import type { LockStore, LockVersion } from '../../src/application/ports/lock-store.ts';
import { fullRecord, heldBy, lockOf } from '../support/lock-records.ts';
import { written } from '../support/written.ts';

/** What every LockStore promises. Each adapter's test calls this with a factory for an empty store. */
export function describeLockStore(adapter: string, emptyStore: () => Promise<LockStore>): void {
  const name = lockOf('m-1');

  /** A store that holds `first`'s record, and where it landed. */
  const storeWithLock = async () => {
    const store = await emptyStore();
    return { store, first: written(await store.put(name, heldBy('first'), 'absent')) };
  };

  describe(`${adapter} as a LockStore`, () => {
    it('shows nothing where nothing was written', async () => {
      const store = await emptyStore();
      expect(await store.read(name)).toBeUndefined();
    });

    it.each([
      ['the first record of a lock', heldBy('first')],
      ['a record with something in every field', fullRecord],
    ])('gives back %s as it was written', async (_, record) => {
      const store = await emptyStore();
      const { version, writtenAt } = written(await store.put(name, record, 'absent'));
      const stored = await store.read(name);
      expect(stored).toMatchObject({ record, version, writtenAt });
    });

    it('shows the time of the write and that of the answer, in whole seconds of one clock', async () => {
      const { store, first } = await storeWithLock();
      const stored = await store.read(name);
      expect(stored?.writtenAt).toBe(first.writtenAt);
      expect(first.writtenAt % 1000).toBe(0);
      expect((stored?.observedAt ?? Number.NaN) % 1000).toBe(0);
      expect(stored?.observedAt).toBeGreaterThanOrEqual(first.writtenAt);
    });

    it('refuses to create what is there', async () => {
      const { store, first } = await storeWithLock();
      expect(await store.put(name, heldBy('second'), 'absent')).toEqual({ kind: 'conflict' });
      expect(await store.read(name)).toMatchObject({ record: heldBy('first'), version: first.version });
    });

    it('replaces exactly the revision that is expected', async () => {
      const { store, first } = await storeWithLock();
      const second = written(await store.put(name, heldBy('second'), first));
      expect(await store.put(name, heldBy('late'), first)).toEqual({ kind: 'conflict' });
      expect(await store.read(name)).toMatchObject({ record: heldBy('second'), ...second });
    });

    it('gives every revision a version of its own, also one with the same content', async () => {
      const { store, first } = await storeWithLock();
      const second = written(await store.put(name, heldBy('first'), first));
      const third = written(await store.put(name, heldBy('first'), second));
      expect(new Set([first.version, second.version, third.version]).size).toBe(3);
    });

    it('refuses to replace what is not there', async () => {
      const store = await emptyStore();
      expect(await store.put(name, heldBy('first'), { version: neverGiven })).toEqual({ kind: 'conflict' });
      expect(await store.read(name)).toBeUndefined();
    });

    it('deletes exactly the revision that is expected', async () => {
      const { store, first } = await storeWithLock();
      const second = written(await store.put(name, heldBy('second'), first));
      expect(await store.delete(name, first.version)).toEqual({ kind: 'conflict' });
      expect(await store.delete(name, second.version)).toMatchObject({ kind: 'written' });
      expect(await store.read(name)).toBeUndefined();
    });

    it('refuses to delete what is not there', async () => {
      const store = await emptyStore();
      expect(await store.delete(name, neverGiven)).toEqual({ kind: 'conflict' });
    });

    it('does not take a version again after the lock was deleted and created anew', async () => {
      const { store, first } = await storeWithLock();
      await store.delete(name, first.version);
      expect(await store.put(name, heldBy('late'), first)).toEqual({ kind: 'conflict' });
      const second = written(await store.put(name, heldBy('first'), 'absent'));
      expect(second.version).not.toBe(first.version);
      expect(await store.put(name, heldBy('late'), first)).toEqual({ kind: 'conflict' });
      expect(await store.delete(name, first.version)).toEqual({ kind: 'conflict' });
      expect(await store.read(name)).toMatchObject({ record: heldBy('first'), version: second.version });
    });

    it('applies one of many concurrent creates', async () => {
      const store = await emptyStore();
      const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
      const results = await Promise.all(owners.map((owner) => store.put(name, heldBy(owner), 'absent')));
      const winners = owners.filter((_, index) => results[index]?.kind === 'written');
      expect(winners).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'conflict')).toHaveLength(19);
      expect((await store.read(name))?.record.owner).toBe(winners[0]);
    });

    it('applies one of many concurrent writes and deletions that expect the same revision', async () => {
      const { store, first } = await storeWithLock();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          index % 2 === 0 ? store.put(name, heldBy(`owner-${index}`), first) : store.delete(name, first.version),
        ),
      );
      expect(results.filter(({ kind }) => kind === 'written')).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'conflict')).toHaveLength(19);
    });

    it('keeps locks apart whose names differ in case, or only in an escape', async () => {
      const store = await emptyStore();
      const names = [
        'order-1',
        'Order-1',
        'a.b',
        'a..b',
        'a/b',
        'a~2Fb',
        'é',
        'e\u0301',
        '.',
        '..',
        ' ',
        '%2F',
        '\\',
      ].map(lockOf);
      for (const [index, each] of names.entries()) written(await store.put(each, heldBy(`owner-${index}`), 'absent'));
      for (const [index, each] of names.entries()) {
        expect((await store.read(each))?.record.owner).toBe(`owner-${index}`);
      }
    });
  });
}

const neverGiven = '"0x0"' as LockVersion;
