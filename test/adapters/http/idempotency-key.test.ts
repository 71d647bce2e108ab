import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemIn, startApi } from './http-api-fixture.ts';

const post = async (...keys: readonly string[]) => {
  const { post, published } = startApi();
  const response = await post(
    'x',
    keys.map((key): [string, string] => ['idempotency-key', key]),
  );
  return { response, published };
};

describe('The Idempotency-Key', () => {
  it.each([
    ['quoted, as its draft standard has it', '"order-1"', 'order-1'],
    ['bare, as many clients send it', 'order-1', 'order-1'],
    ['quoted with parameters, which say nothing here', '"order-1";v=1', 'order-1'],
    ['quoted with spaces and separators', '"a b,c;d"', 'a b,c;d'],
    ['quoted with quotes and backslashes', String.raw`"\"a\\b\""`, String.raw`"a\b"`],
    ['with white space around it, which belongs to the header', '  order-1 ', 'order-1'],
    ['digits, which stay a text', '12345678901234567890', '12345678901234567890'],
    ['as long as a message ID can be', 'x'.repeat(128), 'x'.repeat(128)],
  ])('is the message ID: %s', async (_how, key, id) => {
    const { response, published } = await post(key);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ messageId: id });
    expect(published).toMatchObject([{ id }]);
  });

  it('can be any text of visible ASCII and spaces', () => {
    const texts = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 128,
    });
    return fc.assert(
      fc.asyncProperty(texts, async (id) => {
        const { published } = await post(`"${id.replace(/["\\]/g, String.raw`\$&`)}"`);
        expect(published).toMatchObject([{ id }]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['nothing', ['']],
    ['white space', ['   ']],
    ['an empty text', ['""']],
    ['a bare key with a space', ['order 1']],
    ['a bare key with a quote', ['order"1"']],
    ['a quoted key that does not end', ['"order-1']],
    ['something after a quoted key', ['"order-1" x']],
    ['a header that is sent twice', ['order-1', 'order-1']],
    ['a header that is sent twice, quoted', ['"order-1"', '"order-2"']],
    ['a list', ['order-1,order-2']],
    ['a bare key of 129 characters', ['x'.repeat(129)]],
    ['a quoted key of 129 characters', [`"${'x'.repeat(129)}"`]],
    ['a bare control character', ['a\u0001b']],
    ['a quoted control character', ['"a\u0001b"']],
    ['a delete character', ['a\u007f']],
    ['a letter that headers cannot carry', ['\u00e9']],
    ['such a letter in quotes', ['"\u00e9"']],
  ])('is refused if it is %s, and nothing is published', async (_what, keys) => {
    const { response, published } = await post(...keys);
    expect(response.status).toBe(400);
    const problem = await problemIn(response);
    expect(problem).toMatchObject({ type: 'urn:immutable-service-bus:problem:invalid-header' });
    expect(problem['detail']).toContain('Idempotency-Key');
    expect(published).toEqual([]);
  });

  it('gets a new one, never valid JSON, where there is none', async () => {
    const [first, second] = [await post(), await post()];
    const ids = [first, second].map(({ published }) => published[0]?.id ?? '');
    expect(ids[0]).toMatch(/^[a-z][0-9a-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
    expect(await first.response.json()).toMatchObject({ messageId: ids[0] });
  });
});
