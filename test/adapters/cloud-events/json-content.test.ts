import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonContent } from '../../../src/adapters/cloud-events/json-content.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('JSON content', () => {
  it('is its value, for every value that JavaScript can write and read again', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false, maxDepth: 4 }), (text) => {
        const content = jsonContent(bytes(text));
        if (content.kind === 'json') expect(content.value).toEqual(JSON.parse(text));
        else expect(Buffer.from(content.bytes).toString()).toBe(text);
      }),
    );
  });

  it.each(['{"a":1,"b":[true,null]}', '{"a":1,"a":1}', '0.1', '1e2', '"é 😀 \\\\ud800"', ' { } '])(
    '%s is kept as a value',
    (text) => {
      expect(jsonContent(bytes(text))).toEqual({ kind: 'json', value: JSON.parse(text) });
    },
  );

  it.each([
    ['an integer that a double cannot hold', '{"id":12345678901234567890}'],
    ['one that it can hold, but not tell from its neighbour', '9007199254740993'],
    ['more digits than a double has', '0.12345678901234567890'],
    ['a number out of range', '1e400'],
    ['a negative zero', '-0'],
    ['a key that stands twice', '{"a":1,"a":2}'],
    ['a lone surrogate', '"\\ud800"'],
    ['a lone surrogate in a key', '{"\\udfff":1}'],
    ['nesting that a smaller stack could not write', `${'['.repeat(1001)}${']'.repeat(1001)}`],
    ['nesting deeper than a stack', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('with %s is kept byte for byte', (_what, text) => {
    expect(jsonContent(bytes(text))).toEqual({ kind: 'binary', bytes: bytes(text) });
  });

  it.each(['', '{', '{"a":}', 'undefined', "{'a':1}", '[1,]', '1 2', 'NaN'])('is not what "%s" is', (text) => {
    expect(() => jsonContent(bytes(text))).toThrow(SyntaxError);
  });

  it('is UTF-8', () => {
    expect(() => jsonContent(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('UTF-8');
  });
});
