import type { LockVersion, Revision, WriteCondition, WriteResult } from '../../application/ports/lock-store.ts';
import type { MarkerStore, StoredMarker } from '../../application/ports/marker-store.ts';
import type { MarkerName } from '../../domain/marker-name.ts';
import { storeTime } from '../../domain/time.ts';

/** A MarkerStore that forgets everything with its process. It shows times in whole seconds, as a service does. */
export class InMemoryMarkerStore implements MarkerStore {
  readonly #markers = new Map<MarkerName, Revision & { readonly text: string }>();
  readonly #clock: () => number;
  #lastVersion = 0;

  /** @param clock in milliseconds since the epoch. */
  constructor({ clock = Date.now }: { readonly clock?: () => number } = {}) {
    this.#clock = clock;
  }

  async read(name: MarkerName): Promise<StoredMarker | undefined> {
    const marker = this.#markers.get(name);
    return marker && { ...marker, observedAt: this.#now() };
  }

  async put(name: MarkerName, text: string, condition: WriteCondition): Promise<WriteResult<Revision>> {
    const version = this.#markers.get(name)?.version;
    if (version !== (condition === 'absent' ? undefined : condition.version)) return { kind: 'conflict' };
    this.#lastVersion += 1;
    const revision = { version: `"${this.#lastVersion}"` as LockVersion, writtenAt: this.#now() };
    this.#markers.set(name, { ...revision, text });
    return { kind: 'written', ...revision };
  }

  #now = () => storeTime(Math.floor(this.#clock() / 1000) * 1000);
}
