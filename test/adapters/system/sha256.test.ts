import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/system/sha256.ts';

describe('A SHA-256 digest', () => {
  it.each([
    // Source: FIPS 180-4 examples by NIST, "SHA256".
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ])('of the text "%s" is that of the standard', (text, digest) => expect(sha256Hex(text)).toBe(digest));

  it('is made of the bytes in UTF-8', () => {
    expect(sha256Hex('ä')).toBe('33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc');
  });
});
