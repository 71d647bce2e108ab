import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockMetadata } from '../../../src/adapters/azure-blob/lock-metadata.ts';
import { hostileTexts, messageIds } from '../../support/arbitraries.ts';
import { heldBy } from '../../support/lock-records.ts';

describe('The metadata of a lock', () => {
  it('is the same in a listing and in an answer to Get: names in lower case, and no value that is empty', () => {
    const sources = fc.option(hostileTexts(1, 300), { nil: undefined });
    fc.assert(
      fc.property(messageIds, sources, (messageId, source) => {
        const record = { ...heldBy('owner', { messageId }), ...(source !== undefined && { source }) };
        for (const [name, value] of Object.entries(lockMetadata(record, Date.UTC(2026, 10, 22)))) {
          expect(name).toMatch(/^[a-z]+$/);
          expect(value).toMatch(/^[!-~]+$/);
        }
      }),
    );
  });
});
