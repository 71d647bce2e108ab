import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm, canonicalMember } from '../../../src/adapters/cloud-events/canonical-json.ts';
import { deliveryFrom } from '../../../src/adapters/cloud-events/delivery-from.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';

const formOf = (text: string): string | undefined => {
  const form = canonicalForm(Buffer.from(text));
  return form && Buffer.from(form).toString();
};

/** JSON as many write it: names in any order, some of them alike, some with escapes; numbers and texts of all kinds. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, -0, 1e21, 1e-7, 12.5, 0.000001, 123456789012345680),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 30, maxLength: 80 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('a', 'b', 'é', '\uffff', '😀', '"', '\n', '10', '9', '__proto__'), fc.string()),
      tie('value'),
      { maxKeys: 6 },
    ),
    fc.array(fc.record({ b: tie('value'), a: fc.integer(), c: fc.string() }), { maxLength: 4 }),
  ),
})).value;

describe('The canonical form that is read from bytes', () => {
  it('is that of the library, for all that JSON.stringify writes', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        expect(formOf(text)).toBe(canonicalize(JSON.parse(text)));
      }),
    );
  });

  it('is that of the library or none, for whatever stands in the text', () => {
    const part = fc.constantFrom(
      ...'{}[]:,"\\ \n019-.eEu/',
      '"a":',
      '"b":1',
      '0.50',
      '1e5',
      '\\u0041',
      '\\u00e9',
      '\\u001f',
      '\\/',
      'null',
      '"é"',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const value = parsed(text);
        if (value !== nothing) expect([undefined, canonicalize(value)]).toContain(formOf(text));
      }),
    );
  });

  it.each([
    ['white space', '{"a": 1}'],
    ['white space in front', ' 1'],
    ['white space behind', '[1] '],
    ['a fraction that ends with zero', '[1.50]'],
    ['an exponent that is not needed', '[1e2]'],
    ['a negative zero', '[-0]'],
    ['more digits than a double has', '[0.12345678901234567890]'],
    ['an integer that a double cannot hold', '[9007199254740993]'],
    ['an escape that is not needed', '["\\u0041"]'],
    ['an escape in capitals', '["\\u001F"]'],
    ['an escaped slash', '["\\/"]'],
    ['a lone surrogate', '["\\ud800"]'],
    ['a name that stands twice', '{"a":1,"a":1}'],
    ['a name that stands twice, in another spelling', '{"a":1,"\\u0061":1}'],
    ['a name that stands twice, further on', '[{"b":1,"a":2},{"b":1,"a":2,"b":3}]'],
    ['very deep nesting', `${'['.repeat(1001)}${']'.repeat(1001)}`],
  ])('does not exist with %s', (_, text) => {
    expect(formOf(text)).toBeUndefined();
  });

  it('of a member is cut out of its object, and exists only if all of that was exact', () => {
    const member = (text: string) => canonicalMember(Buffer.from(text), 'data')?.toString();
    expect(member('{"id":"é","data":{"b":[1],"a":"x"}}')).toBe('{"a":"x","b":[1]}');
    expect(member('{"data":1,"id":"a"}')).toBe('1');
    expect(member('{"id":"a"}')).toBeUndefined();
    expect(member('{"data":1,"id":"a","id":"b"}')).toBeUndefined();
    expect(member('{"data":1,"id":"a" }')).toBeUndefined();
    expect(member('{}')).toBeUndefined();
  });
});

describe('The fingerprint of an event', () => {
  it('is that of its value, whether its canonical form was read or made', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1), (data, indent) => {
        const event = { specversion: '1.0', id: 'a', source: '/s', type: 't', data };
        const { fingerprint, message } = deliveryFrom(
          {
            body: Buffer.from(JSON.stringify(event, undefined, indent)),
            messageId: 'a',
            contentType: 'application/cloudevents+json',
            applicationProperties: {},
            deliveryCount: 1,
            sequenceNumber: '1',
            enqueuedTime: '2024-01-01T00:00:00.000Z',
            expiresAt: undefined,
          },
          { consumer: { scope: 's', ownSource: '/api/messages' }, fingerprintOf },
        );
        expect(fingerprint).toBe(fingerprintOf(message));
      }),
    );
  });
});

const nothing = Symbol('not JSON');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return nothing;
  }
}
