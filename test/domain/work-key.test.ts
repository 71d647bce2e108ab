import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/message-id.ts';
import { identityText, parseSource, workKey, workName } from '../../src/domain/work-key.ts';

const consumer = { scope: 'orders', ownSource: '/this-app' };
const id = 'order/1' as MessageId;

describe('workKey', () => {
  it('of a plain message is its ID within the scope of the consumer', () =>
    expect(workKey(consumer, { id })).toStrictEqual({ scope: 'orders', id }));

  it("of an event of another producer has the event's source besides", () =>
    expect(workKey(consumer, { id, source: '/shop-a' })).toStrictEqual({ scope: 'orders', id, source: '/shop-a' }));

  it('of an event that was submitted to this app is that of the plain message with its ID', () =>
    expect(workKey(consumer, { id, source: '/this-app' })).toStrictEqual(workKey(consumer, { id })));
});

describe('parseSource', () => {
  it.each(['/', ' ', '/Shop-A/../b', 'https://shop.example/a?b=%2F', '😀', 'x'.repeat(1024)])(
    'takes %j as it is',
    (source) => expect(parseSource(source)).toBe(source),
  );

  it.each([
    [undefined, 'must be a text that is not empty.'],
    [null, 'must be a text that is not empty.'],
    [7, 'must be a text that is not empty.'],
    [['/shop-a'], 'must be a text that is not empty.'],
    ['', 'must be a text that is not empty.'],
    ['x'.repeat(1025), 'must be at most 1024 UTF-16 units long, but has 1025.'],
    ['/shop-\ud83d', 'must be well-formed Unicode, but has a lone surrogate.'],
  ])('says what is wrong with %j', (value, problem) => expect(parseSource(value)).toEqual({ problem }));
});

describe('identityText', () => {
  it('names an event of another producer by its source too', () => {
    expect(identityText({ id })).toBe('order/1');
    expect(identityText({ id, source: '/shop-a' })).toBe('order/1 of source /shop-a');
  });
});

describe('workName', () => {
  it('is the escaped ID, after the escaped source of an event of another producer', () => {
    expect(workName({ id })).toBe('order~2F1');
    expect(workName({ id, source: '/shop-a' })).toBe('~2Fshop-a~~order~2F1');
  });
});
