import { describe, expect, it } from 'vitest';
import type { ListedLock, ListingOptions, LockCatalog, LockPage } from '../../src/application/ports/lock-catalog.ts';
import type { LockStore, LockVersion } from '../../src/application/ports/lock-store.ts';
import { type Fingerprint, fingerprint } from '../../src/domain/fingerprint.ts';
import type { LockName } from '../../src/domain/lock-name.ts';
import { heldBy, lockOf, messageId, spreadLockOf } from '../support/lock-records.ts';
import { written } from '../support/written.ts';

/** What every LockCatalog promises. Each adapter's test calls this with a factory for an empty store and its catalog. */
export function describeLockCatalog(
  adapter: string,
  empty: () => Promise<{
    readonly store: LockStore;
    readonly catalog: LockCatalog;
    /** Puts something under a lock's name that is no lock. */
    readonly plantForeign: (name: string) => Promise<void>;
  }>,
): void {
  const locksIn = async (catalog: LockCatalog, scope: string): Promise<ListedLock[]> => {
    const locks: ListedLock[] = [];
    for await (const page of catalog.pages(scope)) locks.push(...page.locks);
    return locks;
  };

  const namesIn = async (catalog: LockCatalog, options: ListingOptions): Promise<LockName[]> => {
    const names: LockName[] = [];
    for await (const { locks } of catalog.pages('queue', options)) names.push(...locks.map(({ name }) => name));
    return names;
  };

  describe(`${adapter} as a LockCatalog`, () => {
    it('lists every lock of the scope with state, message ID and the version that replaces it', async () => {
      const { store, catalog } = await empty();
      const ids = ['m-1', 'Bestellung/ä 😀', '..'];
      for (const id of ids)
        written(await store.put(lockOf(id), heldBy('owner', { messageId: messageId(id) }), 'absent'));
      const locks = await locksIn(catalog, 'queue');
      expect(new Set(locks.map((lock) => lock.messageId))).toEqual(new Set(ids));
      for (const { name, version, state } of locks) {
        expect(state).toBe('held');
        expect((await store.delete(name, version)).kind).toBe('written');
      }
      expect(await locksIn(catalog, 'queue')).toEqual([]);
    });

    it('shows the fingerprint of a lock that nobody holds', async () => {
      const { store, catalog } = await empty();
      for (const state of ['held', 'released', 'completed', 'failed'] as const) {
        const record = heldBy('owner', { state, fingerprint: fingerprint(`jcs1:${state}`) });
        written(await store.put(lockOf(state), record, 'absent'));
      }
      const shown = (await locksIn(catalog, 'queue')).map(({ name, fingerprint: print }) => [name, print]);
      expect(new Map(shown as [LockName, Fingerprint | undefined][])).toEqual(
        new Map([
          [lockOf('held'), undefined],
          [lockOf('released'), 'jcs1:released'],
          [lockOf('completed'), 'jcs1:completed'],
          [lockOf('failed'), 'jcs1:failed'],
        ]),
      );
    });

    it('shows when each was written and when it was listed, by the clock of the store', async () => {
      const { store, catalog } = await empty();
      const { writtenAt } = written(await store.put(lockOf('m-1'), heldBy('owner'), 'absent'));
      for await (const page of catalog.pages('queue')) {
        for (const lock of page.locks) expect(lock.writtenAt).toBe(writtenAt);
        expect(page.observedAt).toBeGreaterThanOrEqual(writtenAt);
      }
    });

    it('lists no lock of another scope, also of one whose name begins alike', async () => {
      const { store, catalog } = await empty();
      written(await store.put(lockOf('m-1'), heldBy('owner'), 'absent'));
      expect(await locksIn(catalog, 'queu')).toEqual([]);
      expect(await locksIn(catalog, 'queue-2')).toEqual([]);
    });

    it('goes on behind any lock, whether or not it is still there, in the order of the names', async () => {
      const { store, catalog } = await empty();
      const names = ['a', 'a.b', 'a-b', 'A', '_', 'ä', '~', 'z', '0', 'aa'].map(lockOf).sort();
      const found = new Map<LockName, LockVersion>();
      for (const name of names) found.set(name, written(await store.put(name, heldBy('owner'), 'absent')).version);
      for (const [place, after] of names.entries()) {
        const expected = names.slice(place + 1);
        expect(await namesIn(catalog, { after })).toEqual(expected);
        await store.delete(after, found.get(after) as LockVersion);
        expect(await namesIn(catalog, { after })).toEqual(expected);
      }
    });

    it('lists locks that are spread over folders, and those that are not, in the order of their names', async () => {
      const { store, catalog, plantForeign } = await empty();
      const names = Array.from({ length: 12 }, (_, number) =>
        number % 3 === 0 ? lockOf(`m-${number}`) : spreadLockOf(`m-${number}`),
      ).sort();
      for (const name of names) written(await store.put(name, heldBy('owner'), 'absent'));
      for (const marker of ['queue/layout.json', 'queue/sweep.json', 'queue/ff.json']) await plantForeign(marker);
      expect(await namesIn(catalog, {})).toEqual(names);
      expect(await namesIn(catalog, { pageSize: () => 2 })).toEqual(names);
      for (const [place, after] of names.entries()) {
        expect(await namesIn(catalog, { after })).toEqual(names.slice(place + 1));
      }
    });

    it('gives pages of the sizes that are asked for, at the most, and the last name of each', async () => {
      const { store, catalog } = await empty();
      const names = Array.from({ length: 10 }, (_, number) => lockOf(`m-${number}`));
      for (const name of names) written(await store.put(name, heldBy('owner'), 'absent'));
      const pages: LockPage[] = [];
      for await (const page of catalog.pages('queue', { pageSize: (nth) => nth + 1 })) pages.push(page);
      expect(pages.flatMap(({ locks }) => locks.map(({ name }) => name))).toEqual(names);
      for (const [nth, { locks, last }] of pages.entries()) {
        expect(locks.length).toBeLessThanOrEqual(nth + 1);
        expect(last).toBe(locks.at(-1)?.name);
      }
    });

    it('leaves out what is no lock', async () => {
      const { store, catalog, plantForeign } = await empty();
      await plantForeign(lockOf('foreign'));
      written(await store.put(lockOf('m-1'), heldBy('owner'), 'absent'));
      expect((await locksIn(catalog, 'queue')).map((lock) => lock.name)).toEqual([lockOf('m-1')]);
    });
  });
}
