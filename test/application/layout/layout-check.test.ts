import { describe, expect, it } from 'vitest';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { InMemoryMarkerStore } from '../../../src/adapters/in-memory/in-memory-marker-store.ts';
import { LayoutCheck, LockLayoutError } from '../../../src/application/layout/layout-check.ts';
import { LayoutCheckedStore } from '../../../src/application/layout/layout-checked-store.ts';
import { isNamedByIdOf, scopeInPlaceOf, wordsOf } from '../../../src/application/layout/word-for-operators.ts';
import { LockStoreError } from '../../../src/application/ports/lock-store.ts';
import type { LockLayout } from '../../../src/domain/lock-name.ts';
import { layoutMarkerName, type MarkerName, sweepMarkerName } from '../../../src/domain/marker-name.ts';
import { heldBy, lockOf, spreadLockOf } from '../../support/lock-records.ts';
import { written } from '../../support/written.ts';

const setUp = () => {
  const catalog = new InMemoryLockStore();
  const markers = new InMemoryMarkerStore();
  const start = (layout: LockLayout, scope = 'queue') => new LayoutCheck({ catalog, markers }, layout).run(scope);
  return { catalog, markers, start };
};

describe('Words for operators', () => {
  const place = { scope: 'queue', path: 'Queue', idOf: () => 'x' };

  it('are left before the first lock of their scope is written, once the store answers, and for good', async () => {
    const { catalog, markers } = setUp();
    const check = new LayoutCheck({ catalog, markers }, 'flat');
    const store = new LayoutCheckedStore(catalog, check);
    const put = markers.put.bind(markers);
    markers.put = async (...given) =>
      given[0].endsWith('id-of.json') ? { kind: 'unknown', cause: 'a test' } : put(...given);
    await expect(store.agree('queue', wordsOf(place))).rejects.toThrow('"queue/id-of.json"');
    await expect(store.put(lockOf('m-1'), heldBy('owner'), 'absent')).rejects.toThrow('"queue/id-of.json"');
    expect(await isNamedByIdOf(markers, 'queue')).toBe(false);
    markers.put = put;
    written(await store.put(lockOf('m-1'), heldBy('owner'), 'absent'));
    expect(await isNamedByIdOf(markers, 'queue')).toBe(true);
    await new LayoutCheckedStore(catalog, new LayoutCheck({ catalog, markers }, 'flat')).agree('queue', wordsOf(place));
    expect(await scopeInPlaceOf(markers, 'queue')).toBeUndefined();
  });

  it('say which scope is used in the place of the default one', async () => {
    const { catalog, markers } = setUp();
    const store = new LayoutCheckedStore(catalog, new LayoutCheck({ catalog, markers }, 'flat'));
    await store.agree('other', wordsOf({ scope: 'other', path: 'Queue' }));
    expect(await scopeInPlaceOf(markers, 'queue')).toBe('other');
    expect(await isNamedByIdOf(markers, 'other')).toBe(false);
  });
});

describe('The layout of the locks', () => {
  it.each(['flat', 'spread'] as const)('is what the first process of the scope has: %s', async (layout) => {
    const { start } = setUp();
    await start(layout);
    await start(layout);
    const other = layout === 'flat' ? 'spread' : 'flat';
    await expect(start(other)).rejects.toThrow(LockLayoutError);
    await expect(start(other, 'queue-2')).resolves.toBeUndefined();
  });

  it('says which setting is meant, and how to change it', async () => {
    const { start } = setUp();
    await start('flat');
    await expect(start('spread')).rejects.toThrow(
      'The locks of the scope "queue" are not spread over folders, but LOCK_SPREAD is on: each message would get a second ' +
        'lock, and its work would be done again. Set LOCK_SPREAD=off. To change it for good, stop every process of this ' +
        'scope, run "isb locks move --to spread", and start them with LOCK_SPREAD=on.',
    );
  });

  it('is one of two that begin at once', async () => {
    const { start } = setUp();
    const starts = await Promise.allSettled([start('flat'), start('spread'), start('flat'), start('spread')]);
    const layouts = new Set(starts.flatMap(({ status }, place) => (status === 'fulfilled' ? [place % 2] : [])));
    expect(layouts.size).toBe(1);
  });

  it('is flat where locks of an earlier version are, which wrote no marker', async () => {
    const { catalog, start } = setUp();
    written(await catalog.put(lockOf('m-1'), heldBy('owner'), 'absent'));
    await expect(start('spread')).rejects.toThrow(LockLayoutError);
    await start('flat');
  });

  it('is spread where only spread locks are, and a marker of the sweep beside', async () => {
    const { catalog, markers, start } = setUp();
    written(await catalog.put(spreadLockOf('m-1'), heldBy('owner'), 'absent'));
    written(await markers.put(sweepMarkerName('queue'), '{}', 'absent'));
    await start('spread');
  });

  it('is none while the locks are moved', async () => {
    const { markers, start } = setUp();
    await markers.put(layoutMarkerName('queue'), '{"layout":"flat","movingTo":"spread"}', 'absent');
    for (const layout of ['flat', 'spread'] as const) {
      await expect(start(layout)).rejects.toThrow('Run "isb locks move --to spread" until it says that all are moved');
    }
  });

  it('is not guessed from a damaged marker', async () => {
    const { markers, start } = setUp();
    await markers.put(layoutMarkerName('queue'), '{"layout":"tree"}', 'absent');
    await expect(start('flat')).rejects.toThrow('The blob "queue/layout.json" does not say how the locks');
  });

  it('is certain after a lost answer', async () => {
    const { catalog, markers } = setUp();
    const lossy = Object.assign(Object.create(markers), {
      read: (name: MarkerName) => markers.read(name),
      put: async (...write: Parameters<InMemoryMarkerStore['put']>) => {
        await markers.put(...write);
        return { kind: 'unknown', cause: new Error('lost') };
      },
    });
    await new LayoutCheck({ catalog, markers: lossy }, 'spread').run('queue');
    await expect(new LayoutCheck({ catalog, markers }, 'flat').run('queue')).rejects.toThrow(LockLayoutError);
  });

  it('is asked for again after the store did not say', async () => {
    const { catalog, markers } = setUp();
    let isAway = true;
    const away = Object.assign(Object.create(markers), {
      read: (name: MarkerName) => markers.read(name),
      put: (...write: Parameters<InMemoryMarkerStore['put']>) =>
        isAway ? Promise.resolve({ kind: 'unknown', cause: new Error('away') }) : markers.put(...write),
    });
    const check = new LayoutCheck({ catalog, markers: away }, 'flat');
    await expect(check.run('queue')).rejects.toMatchObject({ isTransient: true });
    isAway = false;
    await check.run('queue');
  });

  it('is asked for once a process, before the first request about a lock, which fails as a store without access does', async () => {
    const { catalog, markers, start } = setUp();
    await start('flat', 'queue');
    let asked = 0;
    const counting = Object.assign(Object.create(markers), {
      read: (name: MarkerName) => {
        asked += 1;
        return markers.read(name);
      },
    });
    const flat = new LayoutCheckedStore(catalog, new LayoutCheck({ catalog, markers: counting }, 'flat'));
    const { version } = written(await flat.put(lockOf('m-1'), heldBy('owner'), 'absent'));
    await Promise.all([flat.read(lockOf('m-1')), flat.read(lockOf('m-2'))]);
    expect((await flat.delete(lockOf('m-1'), version)).kind).toBe('written');
    expect(asked).toBe(1);
    const spread = new LayoutCheckedStore(catalog, new LayoutCheck({ catalog, markers }, 'spread'));
    for (const request of [
      () => spread.read(spreadLockOf('m-1')),
      () => spread.put(spreadLockOf('m-1'), heldBy('owner'), 'absent'),
      () => spread.delete(spreadLockOf('m-1'), version),
      () => spread.agree('queue'),
    ]) {
      await expect(request()).rejects.toSatisfy((error) => error instanceof LockStoreError && !error.isTransient);
    }
    expect(await catalog.read(spreadLockOf('m-1'))).toBeUndefined();
  });
});
