import type { MarkerName } from '../../domain/marker-name.ts';
import type { StoreTime } from '../../domain/time.ts';
import type { Revision, WriteCondition, WriteResult } from './lock-store.ts';

/** A marker's text with its revision, and the store's clock at the moment of the answer. */
export interface StoredMarker extends Revision {
  readonly text: string;
  readonly observedAt: StoreTime;
}

/**
 * Small texts about whole scopes, beside their locks and in no listing of them: one compare-and-set register per name, as a
 * LockStore is.
 *
 * Each method rejects with a LockStoreError when the store cannot be asked, or refuses for a reason other than contention.
 */
export interface MarkerStore {
  read(name: MarkerName): Promise<StoredMarker | undefined>;
  put(name: MarkerName, text: string, condition: WriteCondition): Promise<WriteResult<Revision>>;
}
