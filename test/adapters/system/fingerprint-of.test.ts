import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import type { Content } from '../../../src/domain/message.ts';

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
