import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixesAfter } from '../../../src/adapters/azure-blob/prefixes-after.ts';
import { lockOf } from '../../support/lock-records.ts';

const anyName = fc
  .string({ unit: fc.constantFrom(...'.-_~09azAZb'), maxLength: 4 })
  .map((text) => `p/lock-${text}.lock`);

describe('The prefixes behind a name', () => {
  it('have each later name exactly once, in order, and no earlier one', () =>
    fc.assert(
      fc.property(anyName, fc.uniqueArray(anyName, { maxLength: 30 }), (name, names) => {
        const found = [...prefixesAfter(name, 'p/lock-')].flatMap((prefix) =>
          names.filter((each) => each.startsWith(prefix)).sort(),
        );
        expect(found).toEqual(names.filter((each) => each > name).sort());
      }),
    ));

  it('are not many: some for each character of an ID', () => {
    expect([...prefixesAfter(lockOf(crypto.randomUUID()), 'queue/lock-')].length).toBeLessThan(3000);
  });
});
