import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerId, seqOf, writeId } from '../../src/domain/owner.ts';

describe('writeId', () => {
  it('names the owner and the place of the write', () => expect(writeId(ownerId('owner-a'), 7)).toBe('owner-a:7'));
});

describe('seqOf', () => {
  it('is the place of the write, whatever the owner is called', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('a:9', ':', '1:2:3')), fc.maxSafeNat(), (owner, seq) => {
        expect(seqOf(writeId(ownerId(owner), seq))).toBe(seq);
      }),
    ));
});
