import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Length } from '../../src/domain/utf8-length.ts';
import { hostileTexts } from '../support/arbitraries.ts';

describe('utf8Length', () => {
  it.each([
    ['\u007f', 1],
    ['\u0080', 2],
    ['\u07ff', 2],
    ['\u0800', 3],
    ['\ud7ff', 3],
    ['\ue000', 3],
    ['\uffff', 3],
    ['\u{10000}', 4],
    ['\u{10ffff}', 4],
  ])('of %j is %i', (text, bytes) => expect(utf8Length(text)).toBe(bytes));

  it('is how many bytes a text takes when it is sent', () =>
    fc.assert(
      fc.property(hostileTexts(0, 200), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
      }),
    ));
});
