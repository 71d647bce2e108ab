import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareFingerprints, fingerprint, fingerprintPrefix } from '../../src/domain/fingerprint.ts';
import { fingerprints } from '../support/arbitraries.ts';

const compare = (stored: string, claimed: string) => compareFingerprints(fingerprint(stored), fingerprint(claimed));

describe('compareFingerprints', () => {
  it('finds equal ones the same', () => expect(compare('jcs1:aa', 'jcs1:aa')).toBe('same'));
  it('finds others that this version made different', () => expect(compare('jcs1:aa', 'jcs1:bb')).toBe('different'));
  it('does not compare one of a way it does not know', () => {
    expect(compare('jcs2:aa', 'jcs1:aa')).toBe('unknown');
    expect(compare('jcs1:aa', 'jcs2:aa')).toBe('unknown');
    expect(compare('jcs2:aa', 'jcs2:bb')).toBe('unknown');
    expect(compare('jcs1', 'jcs1:aa')).toBe('unknown');
    expect(compare('sha256-jcs1:aa', 'jcs1:aa')).toBe('unknown');
  });
  it('finds equal ones the same also in a way it does not know', () =>
    expect(compare('jcs2:aa', 'jcs2:aa')).toBe('same'));

  it('gives the same answer whichever of the two was stored', () =>
    fc.assert(
      fc.property(fingerprints, fingerprints, (one, other) => {
        expect(compareFingerprints(one, other)).toBe(compareFingerprints(other, one));
      }),
    ));
});

describe('fingerprintPrefix', () => {
  // Another value would tell a stored lock from every message that is still on its way.
  it('is the one that stored locks carry', () => expect(fingerprintPrefix).toBe('jcs1:'));
});
