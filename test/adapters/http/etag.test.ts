import { describe, expect, it } from 'vitest';
import { entityTag, isNamedIn } from '../../../src/adapters/http/etag.ts';
import type { LockVersion } from '../../../src/application/ports/lock-store.ts';

describe('An entity tag', () => {
  it('is weak, and has no quotes but its own', () => {
    expect(entityTag('"0x8DC"' as LockVersion)).toBe('W/"0x8DC"');
  });

  it.each(['W/"a"', '"a"', '*', ' * ', '"x", W/"a"', 'W/"x","y,z" , "a"'])('is named in %s', (field) => {
    expect(isNamedIn(field, 'W/"a"')).toBe(true);
  });

  it.each([null, '', 'a', '"b"', 'W/"A"', '"a b"', '"x,a"'])('is not named in %s', (field) => {
    expect(isNamedIn(field, 'W/"a"')).toBe(false);
  });
});
