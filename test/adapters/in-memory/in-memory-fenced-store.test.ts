import { describe, expect, it } from 'vitest';
import { InMemoryFencedStore } from '../../../src/adapters/in-memory/in-memory-fenced-store.ts';
import { content, describeFencedStore, fence } from '../../contracts/fenced-store.contract.ts';

describeFencedStore('InMemoryFencedStore', async () => {
  const store = new InMemoryFencedStore();
  const stored = async (name: string) => {
    const found = store.get(name);
    return found && { bytes: found.bytes, contentType: found.contentType };
  };
  return { store, stored };
});

describe('InMemoryFencedStore', () => {
  it('shows on whose behalf an effect was made', async () => {
    const store = new InMemoryFencedStore();
    await store.put('one', content('text'), fence(1000, 'first'));
    expect(store.get('one')).toMatchObject(fence(1000, 'first'));
    expect(store.get('other')).toBeUndefined();
  });

  it('keeps what was stored, whatever becomes of the bytes', async () => {
    const store = new InMemoryFencedStore();
    const { bytes, contentType } = content('text');
    await store.put('one', { bytes, contentType }, fence(1000, 'first'));
    bytes.fill(0);
    expect(store.get('one')).toMatchObject(content('text'));
  });
});
