import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeId, unescapeId } from '../../src/domain/escaped-id.ts';
import { hostileTexts, messageIds } from '../support/arbitraries.ts';
import { textsOver } from '../support/texts-over.ts';

describe('escapeId', () => {
  it.each([
    ['dbce9dc2685c4997acb05f2067ed29a3', 'dbce9dc2685c4997acb05f2067ed29a3'],
    ['Order_1-a.b.c', 'Order_1-a.b.c'],
    ['.', '~2E'],
    ['..', '~2E~2E'],
    ['.a', '~2Ea'],
    ['a.', 'a~2E'],
    ['a..b', 'a~2E~2Eb'],
    ['../a', '~2E~2E~2Fa'],
    ['a/b', 'a~2Fb'],
    ['a\\b', 'a~5Cb'],
    ['%2F', '~252F'],
    ['~2F', '~7E2F'],
    ['a b', 'a~20b'],
    ["!'()*", '~21~27~28~29~2A'],
    ['\0\t\u007f', '~00~09~7F'],
    ['\u00e9', '~C3~A9'],
    ['e\u0301', 'e~CC~81'],
    ['😀', '~F0~9F~98~80'],
    ['a.😀', 'a.~F0~9F~98~80'],
  ])('writes %j as %s', (id, escaped) => expect(escapeId(id)).toBe(escaped));

  it('writes bytes that can be read back by whoever knows nothing but the alphabet, so that no two IDs share a form', () =>
    fc.assert(
      fc.property(messageIds, (id) => {
        expect(decodeURIComponent(escapeId(id).replaceAll('~', '%'))).toBe(id);
      }),
      { numRuns: 250 },
    ));

  it('gives every text over the characters it treats specially a form of its own', () => {
    const texts = textsOver(['.', '/', '~', '%', '2', 'E', 'a', 'A', '\u00e9'], 4);
    expect(new Set(texts.map(escapeId)).size).toBe(texts.length);
  });

  it('uses characters that a URL leaves alone, and no dot where it has a meaning', () =>
    fc.assert(
      fc.property(messageIds, (id) => {
        const escaped = escapeId(id);
        expect(escaped).toMatch(/^[A-Za-z0-9_~-]+(\.[A-Za-z0-9_~-]+)*$/);
        expect(encodeURIComponent(escaped)).toBe(escaped);
        expect(new URL(`https://host/api/messages/${escaped}`).pathname).toBe(`/api/messages/${escaped}`);
      }),
      { numRuns: 250 },
    ));
});

describe('unescapeId', () => {
  it('finds the ID of its escaped form', () =>
    fc.assert(
      fc.property(messageIds, (id) => {
        expect(unescapeId(escapeId(id))).toBe(id);
      }),
      { numRuns: 250 },
    ));

  it('accepts one form of each ID and no other', () => {
    const texts = textsOver(['~', '2', 'E', '.', 'e', '%', 'a'], 5);
    const ids = texts.map(unescapeId).filter((id) => id !== undefined);
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('accepts of any text only what escapeId writes', () =>
    fc.assert(
      fc.property(hostileTexts(0, 200), (text) => {
        const id = unescapeId(text);
        if (id !== undefined) expect(escapeId(id)).toBe(text);
      }),
      { numRuns: 250 },
    ));

  it.each([
    ['nothing', ''],
    ['a path segment with a meaning', '..'],
    ['a dot that stands for a segment', '.'],
    ['a dot at the start', '.a'],
    ['a dot at the end', 'a.'],
    ['two dots', 'a..b'],
    ['an escaped dot that need not be', 'a~2Eb'],
    ['an escaped letter', '~41'],
    ['lower-case digits', '~2f'],
    ['half an escape', 'a~2'],
    ['an escape without digits', '~~'],
    ['a percent escape', 'a%2Fb'],
    ['a percent sign', '%'],
    ['a slash', 'a/b'],
    ['a character outside the alphabet', '\u00e9'],
    ['bytes that are no UTF-8', '~E9'],
    ['a slash in an overlong form', '~C0~AF'],
    ['the bytes of a surrogate', '~ED~A0~80'],
    ['a digest that stands for an ID', `~~${'0'.repeat(64)}`],
    ['an ID of 129 units', 'a'.repeat(129)],
    ['an ID that is too long only when it is read', '~F0~9F~98~80'.repeat(65)],
  ])('refuses %s', (_, text) => expect(unescapeId(text)).toBeUndefined());
});
