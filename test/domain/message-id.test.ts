import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMessageId, parseMessageId } from '../../src/domain/message-id.ts';
import { messageIds } from '../support/arbitraries.ts';

describe('parseMessageId', () => {
  it('takes every well-formed text of 1 to 128 UTF-16 units as it is', () =>
    fc.assert(
      fc.property(messageIds, (id) => {
        expect(parseMessageId(id)).toBe(id);
      }),
    ));

  it('neither trims nor folds: texts that look alike are different IDs', () => {
    const alike = ['a', 'A', ' a', 'a ', '\u00e9', 'e\u0301', '\ufeffa', 'a\0'];
    expect(alike.map(parseMessageId)).toEqual(alike);
  });

  it('takes 128 units, and refuses 129', () => {
    expect(parseMessageId('x'.repeat(128))).toBe('x'.repeat(128));
    expect(parseMessageId('x'.repeat(129))).toEqual({ problem: 'must be at most 128 UTF-16 units long, but has 129.' });
  });

  it('counts UTF-16 units, of which an emoji has two', () => {
    expect(parseMessageId('😀'.repeat(64))).toBe('😀'.repeat(64));
    expect(parseMessageId('😀'.repeat(65))).toEqual({ problem: 'must be at most 128 UTF-16 units long, but has 130.' });
  });

  it('refuses the empty text', () => expect(parseMessageId('')).toEqual({ problem: 'must not be empty.' }));

  it.each(['\ud83d', 'a\ud83d', '\ude00a', '\ude00\ud83d'])('refuses the lone surrogate in %j', (text) =>
    expect(parseMessageId(text)).toEqual({ problem: 'must be well-formed Unicode, but has a lone surrogate.' }),
  );

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, 'number'],
    [7n, 'bigint'],
    [true, 'boolean'],
    [{}, 'object'],
    [['a'], 'object'],
  ])('does not make a text of %o', (value, type) =>
    expect(parseMessageId(value)).toEqual({ problem: `must be a string, but is ${type}.` }),
  );
});

describe('isMessageId', () => {
  it('tells an ID from what is wrong with one', () => {
    expect(isMessageId(parseMessageId('order-1'))).toBe(true);
    expect(isMessageId(parseMessageId(''))).toBe(false);
  });
});
