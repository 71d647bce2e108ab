import type { Fence, FencedContent, FencedStore } from '../../application/ports/fenced-store.ts';

/** A FencedStore that forgets everything with its process. */
export class InMemoryFencedStore implements FencedStore {
  readonly #effects = new Map<string, FencedContent & Fence>();

  async put(name: string, { bytes, contentType }: FencedContent, fence: Fence): Promise<'stored' | 'refused'> {
    const stored = this.#effects.get(name);
    if (stored !== undefined && !takesPrecedence(fence, stored)) return 'refused';
    const { fencingToken, owner } = fence;
    this.#effects.set(name, { bytes: bytes.slice(), contentType, fencingToken, owner });
    return 'stored';
  }

  /** What is stored under `name`, and on whose behalf. */
  get(name: string): (FencedContent & Fence) | undefined {
    return this.#effects.get(name);
  }
}

const takesPrecedence = (fence: Fence, stored: Fence): boolean =>
  fence.fencingToken > stored.fencingToken ||
  (fence.fencingToken === stored.fencingToken && fence.owner === stored.owner);
