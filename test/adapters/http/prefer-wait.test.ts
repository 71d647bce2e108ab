import { describe, expect, it } from 'vitest';
import { preferredWait } from '../../../src/adapters/http/prefer-wait.ts';

describe('A preference to wait', () => {
  it.each([
    ['wait=20', 20],
    ['Wait = 7', 7],
    ['wait="5"', 5],
    ['wait=0', 0],
    ['respond-async, wait=3', 3],
    ['handling="a, wait=9", wait=4;x=y', 4],
    ['wait=1, wait=2', 1],
    ['wait=99999999999', 30],
  ])('is read from %s: %i s', (field, seconds) => {
    expect(preferredWait(field)).toBe(seconds * 1000);
  });

  it.each([null, '', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=soon', 'await=5', 'x="wait=5"'])(
    'is not in %s, which is no error',
    (field) => {
      expect(preferredWait(field)).toBeUndefined();
    },
  );
});
