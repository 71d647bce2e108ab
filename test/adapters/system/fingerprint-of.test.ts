import { describe, expect, it } from 'vitest';
import { fingerprintOf, sha256Hex } from '../../../src/adapters/system/fingerprint-of.ts';
import type { Content } from '../../../src/domain/message.ts';

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

describe('A fingerprint', () => {
  // Stored in locks: of the same message it must stay the same in every version, or a deployment would take retries for others.
  it.each<[string, string | undefined, Content, string]>([
    [
      'a JSON value',
      'application/json',
      { kind: 'json', value: { b: 1e21, a: 'ä', A: [true, null] } },
      'jcs1:e3286387af6f1deded1666bc3ece56dcde7e919f3f0d132ac9f55cd3277a00f3',
    ],
    [
      'bytes',
      'text/plain',
      { kind: 'binary', bytes: Buffer.from([0, 255, 10]) },
      'jcs1:2c32ec0d4e4d1fd46d897774fcd27c91e999503265395af06d9f845d6e75fac7',
    ],
    [
      'bytes without a type',
      undefined,
      { kind: 'binary', bytes: Buffer.from('') },
      'jcs1:cbc64c0f0cb11948c1d7e0b856248a0267cf5bf5412746a460fdb0aaffd5e288',
    ],
  ])('of %s never changes', (_what, contentType, content, fingerprint) => {
    const message = { type: 'order.placed', content, ...(contentType !== undefined && { contentType }) };
    expect(fingerprintOf(message)).toBe(fingerprint);
  });

  it('of a text that has no canonical form does not exist', () => {
    const content: Content = { kind: 'json', value: '\ud800' };
    expect(() => fingerprintOf({ type: 't', content })).toThrow();
  });
});
