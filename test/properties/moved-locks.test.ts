import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LockLayout, layoutOf } from '../../src/domain/lock-name.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import { casesOf } from '../support/cases.ts';
import { lockOf, spreadLockOf } from '../support/lock-records.ts';
import { stoppedFleet } from '../support/stopped-fleet.ts';

const states = ['completed', 'failed', 'released', 'held'] as const;

it('A move of locks keeps each in one place at least, whenever it is killed, and whatever answers are lost', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...states), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 14 }), { maxLength: 4 }),
      fc.array(fc.constantFrom('slow', 'answer-lost', 'request-lost', 'transient-error'), {
        minLength: 1,
        maxLength: 20,
      }),
      fc.boolean(),
      async (found, kills, faults, isBack) => {
        const { store, move, put, names, start, pass } = stoppedFleet();
        const [from, to] = isBack ? (['spread', 'flat'] as const) : (['flat', 'spread'] as const);
        const nameOf = (id: string, layout: LockLayout) => (layout === 'flat' ? lockOf(id) : spreadLockOf(id));
        await start(from);
        const all = found.map((state, place) => ({ id: `m-${place}`, state }));
        for (const { id, state } of all) {
          await put(id, { state, writeId: writeId(ownerId(`owner-${id}`), 3) }, nameOf(id, from));
        }
        pass(60_000);
        const later = new Map<string, LockRecord>();
        for (const { id } of all) later.set(id, (await store.read(nameOf(id, from)))?.record as LockRecord);
        let nth = 0;
        for (const kill of [...kills, Number.POSITIVE_INFINITY]) {
          let [calls, isKilled] = [0, false];
          const killed = Promise.withResolvers<never>();
          await move(
            { to },
            () => {
              calls += 1;
              isKilled ||= calls > kill;
              // Killed before or after the request: what it would have done next is never done.
              if (isKilled) {
                killed.reject(new Error('killed'));
                const end = new Promise<never>(() => undefined);
                return calls % 2 === 0
                  ? { kind: 'slow', beforeRequest: () => end }
                  : { kind: 'slow', beforeAnswer: () => end };
              }
              nth += 1;
              return { kind: faults[nth % faults.length] ?? 'slow' };
            },
            killed.promise,
          ).catch(() => undefined);
          const there = new Set(await names());
          for (const { id } of all)
            expect(['flat', 'spread'].some((at) => there.has(nameOf(id, at as LockLayout)))).toBe(true);
          pass(60_000);
        }
        expect(await move({ to })).toMatchObject({ kind: 'moved' });
        expect(await names()).toEqual(all.map(({ id }) => nameOf(id, to)).sort());
        for (const { id } of all) {
          const record = (await store.read(nameOf(id, to)))?.record;
          expect(record).toMatchObject({ ...later.get(id) });
        }
        expect((await names()).every((name) => layoutOf('queue', name) === to)).toBe(true);
        await start(to);
      },
    ),
    { numRuns: casesOf('moves of locks') },
  ));
