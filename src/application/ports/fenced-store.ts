import type { FencingToken } from '../../domain/fencing-token.ts';
import type { OwnerId } from '../../domain/owner.ts';

/** On whose behalf an effect is made. */
export interface Fence {
  readonly fencingToken: FencingToken;
  readonly owner: OwnerId;
}

export interface FencedContent {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/**
 * Effects that refuse an owner whose lock was taken over: a write is accepted from a greater token than the stored one, or
 * from the same owner with the same token. Source: Martin Kleppmann, "How to do distributed locking" (2016).
 */
export interface FencedStore {
  /**
   * Stores `content` under `name`, or refuses because somebody with a right of precedence was there.
   *
   * @throws Error if the store cannot be asked or gives no clear answer in time; the same call again is safe.
   */
  put(name: string, content: FencedContent, fence: Fence): Promise<'stored' | 'refused'>;
}
