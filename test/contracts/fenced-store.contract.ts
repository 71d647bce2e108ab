import { describe, expect, it } from 'vitest';
import type { Fence, FencedContent, FencedStore } from '../../src/application/ports/fenced-store.ts';
import { fencingToken } from '../../src/domain/fencing-token.ts';
import { ownerId } from '../../src/domain/owner.ts';

/** A FencedStore, and a look at what it stores. */
export interface FencedStoreUnderTest {
  readonly store: FencedStore;
  stored(name: string): Promise<FencedContent | undefined>;
}

export const fence = (token: number, owner: string): Fence => ({
  fencingToken: fencingToken(token),
  owner: ownerId(owner),
});

export const content = (text: string): FencedContent => ({
  bytes: new TextEncoder().encode(text),
  contentType: 'text/plain',
});

/** What every FencedStore promises. Each adapter's test calls this with a factory for an empty store. */
export function describeFencedStore(adapter: string, emptyStore: () => Promise<FencedStoreUnderTest>): void {
  const name = 'queue/m-1';

  describe(`${adapter} as a FencedStore`, () => {
    it('stores content byte for byte, with its type', async () => {
      const { store, stored } = await emptyStore();
      const everyByte = { bytes: Uint8Array.from({ length: 256 }, (_, byte) => byte), contentType: 'image/png' };
      expect(await store.put(name, everyByte, fence(1000, 'first'))).toBe('stored');
      expect(await stored(name)).toEqual(everyByte);
    });

    it('stores content of no bytes', async () => {
      const { store, stored } = await emptyStore();
      expect(await store.put(name, content(''), fence(1000, 'first'))).toBe('stored');
      expect(await stored(name)).toEqual(content(''));
    });

    it.each([
      ['a greater token', fence(1001, 'second'), 'stored'],
      ['a smaller token, though its text sorts behind', fence(999, 'second'), 'refused'],
      ['the same token of the same owner', fence(1000, 'first'), 'stored'],
      ['the same token of another owner', fence(1000, 'second'), 'refused'],
      ['a smaller token of the same owner', fence(999, 'first'), 'refused'],
      ['a token of more digits', fence(10_000, 'second'), 'stored'],
    ] as const)('judges %s', async (_, later, outcome) => {
      const { store, stored } = await emptyStore();
      await store.put(name, content('before'), fence(1000, 'first'));
      expect(await store.put(name, content('after'), later)).toBe(outcome);
      expect(await stored(name)).toEqual(content(outcome === 'stored' ? 'after' : 'before'));
    });

    it('refuses the owner before, once a later one was there', async () => {
      const { store, stored } = await emptyStore();
      await store.put(name, content('first'), fence(1000, 'first'));
      await store.put(name, content('second'), fence(2000, 'second'));
      expect(await store.put(name, content('zombie'), fence(1000, 'first'))).toBe('refused');
      expect(await stored(name)).toEqual(content('second'));
    });

    it('tells owners apart that differ in a character that is not ASCII', async () => {
      const { store } = await emptyStore();
      await store.put(name, content('one'), fence(1000, 'é'));
      expect(await store.put(name, content('other'), fence(1000, 'e\u0301'))).toBe('refused');
      expect(await store.put(name, content('same'), fence(1000, 'é'))).toBe('stored');
    });

    it('keeps effects of different names apart', async () => {
      const { store, stored } = await emptyStore();
      await store.put('queue/one', content('one'), fence(2000, 'first'));
      expect(await store.put('queue/other', content('other'), fence(1000, 'second'))).toBe('stored');
      expect(await stored('queue/one')).toEqual(content('one'));
    });

    it('leaves the content of the greatest token, in whatever order they come', async () => {
      const { store, stored } = await emptyStore();
      const tokens = [5000, 1000, 8000, 3000, 2000, 7000, 6000, 4000];
      const put = (token: number) => store.put(name, content(`by ${token}`), fence(token, `owner-${token}`));
      const outcomes = await Promise.all(tokens.map(put));
      expect(outcomes[tokens.indexOf(8000)]).toBe('stored');
      expect(await stored(name)).toEqual(content('by 8000'));
    });
  });
}
