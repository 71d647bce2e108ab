import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PriorityQueue } from '../../src/broker/priority-queue.ts';

it('gives its items in order, whatever was added and deleted before', () =>
  fc.assert(
    fc.property(fc.array(fc.record({ rank: fc.nat(50), isDeleted: fc.boolean() }), { maxLength: 200 }), (items) => {
      const queue = new PriorityQueue<{ rank: number }>((a, b) => a.rank - b.rank);
      for (const item of items) queue.add(item);
      for (const item of items.filter(({ isDeleted }) => isDeleted)) {
        expect(queue.delete(item)).toBe(true);
        expect(queue.delete(item)).toBe(false);
      }
      const left = items.filter(({ isDeleted }) => !isDeleted).map(({ rank }) => rank);
      expect(Array.from({ length: queue.size }, () => queue.takeFirst()?.rank)).toEqual(left.sort((a, b) => a - b));
      expect(queue.takeFirst()).toBeUndefined();
    }),
  ));
