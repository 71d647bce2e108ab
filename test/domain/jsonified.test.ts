import { describe, expect, expectTypeOf, it } from 'vitest';
import type { RunStep } from '../../src/application/ports/message-handler.ts';
import { resultText, resultValue } from '../../src/application/work/stored-result.ts';
import type { Jsonified, NotKeptByJson } from '../../src/domain/jsonified.ts';
import { UnstorableResultError } from '../../src/domain/step-errors.ts';

class Money {
  readonly #currency = 'EUR';
  readonly amount: number;
  constructor(amount: number) {
    this.amount = amount;
  }
  text(): string {
    return `${this.amount} ${this.#currency}`;
  }
}

describe('The type of what a step hands out', () => {
  it('is what JSON keeps', () => {
    expectTypeOf<Jsonified<{ at: Date; link: URL; note?: string }>>().toEqualTypeOf<{
      at: string;
      link: string;
      note?: string;
    }>();
    expectTypeOf<Jsonified<readonly [1, Date]>>().toEqualTypeOf<readonly [1, string]>();
    expectTypeOf<Jsonified<{ a: string | null; list: { at: Date }[] }>>().toEqualTypeOf<{
      a: string | null;
      list: { at: string }[];
    }>();
    expectTypeOf<Jsonified<Money>>().toEqualTypeOf<{ readonly amount: number }>();
    expectTypeOf<Jsonified<unknown>>().toEqualTypeOf<unknown>();
    expectTypeOf<Jsonified<undefined>>().toEqualTypeOf<undefined>();
    expectTypeOf<Jsonified<Buffer>>().toEqualTypeOf<NotKeptByJson<Buffer>>();
    expectTypeOf<Jsonified<Map<string, number>>>().toEqualTypeOf<NotKeptByJson<Map<string, number>>>();
  });

  it('lets no lost value pass for what it was', () => {
    // Compiled, never called.
    void (async (step: RunStep) => {
      // @ts-expect-error A Date comes back as a text.
      const at: Date = await step('at', () => new Date());
      // @ts-expect-error A Map does not come back.
      const map: Map<string, number> = await step('map', () => new Map<string, number>());
      // @ts-expect-error Nor does it within an object.
      const { set }: { set: Set<string> } = await step('set', () => ({ set: new Set<string>() }));
      const text: string = await step('text', async () => 'text');
      const nothing: undefined = await step('nothing', () => undefined);
      await step('void', async () => {});
      return { at, map, set, text, nothing };
    });
  });
});

describe('A result', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['plain data', { a: [1, 'x', true, null, { b: [] }], c: undefined }],
    ['a class with fields', new Money(5)],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an empty object', {}],
    ['a negative zero', -0],
  ])('is kept: %s', (_what, value) => {
    expect(resultValue(resultText('it', value))).toEqual(
      value === undefined ? undefined : JSON.parse(JSON.stringify(value)),
    );
  });

  it('is kept as what it says itself, and as its type says', () => {
    const at = new Date(0);
    expect(resultValue(resultText('it', { at, link: new URL('http://a/') }))).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      link: 'http://a/',
    });
  });

  it.each([
    ['a Map', new Map([['a', 1]]), 'it is a Map'],
    ['a Set deep inside', { list: [{ tags: new Set(['a']) }] }, 'it.list[0].tags is a Set'],
    ['not a number', { price: Number.NaN }, 'it.price is NaN'],
    ['an infinite number', [1, Number.POSITIVE_INFINITY], 'it[1] is Infinity'],
    ['an Error', { error: new Error('x') }, 'it.error is an Error'],
    ['an Error with a code', Object.assign(new TypeError('x'), { code: 5 }), 'it is a TypeError'],
    ['a promise that was forgotten', { payment: Promise.resolve(1) }, 'it.payment is a promise that was not awaited'],
    ['an invalid Date', { at: new Date(Number.NaN) }, 'it.at is an invalid Date'],
    ['a function', { f: () => 1 }, 'it.f is a function'],
    ['a function alone', () => 1, 'it is a function'],
    ['a symbol', { s: Symbol('s') }, 'it.s is a symbol'],
    ['a hole', [1, undefined], 'it[1] is undefined'],
    ['a hole that was never filled', Array(2), 'it[0] is undefined'],
    ['a RegExp', { r: /x/ }, 'it.r is a RegExp'],
    ['bytes', { b: new Uint8Array([1]) }, 'it.b is an Uint8Array'],
    ['a Buffer, whose own JSON is an object', { b: Buffer.from([1]) }, 'it.b is a Buffer'],
    ['a buffer', { b: new ArrayBuffer(1) }, 'it.b is an ArrayBuffer'],
    ['what another interface hides', { h: new Headers({ a: 'b' }) }, 'it.h is a Headers'],
    ['a big integer', 5n, 'cannot be kept as JSON'],
  ])('is refused that JSON would lose: %s', (_what, value, words) => {
    const keep = () => resultText('the step "x"', value);
    expect(keep).toThrow(UnstorableResultError);
    expect(keep).toThrow(words);
    expect(keep).toThrow(/^What the step "x" returned cannot be kept as JSON/);
  });
});
