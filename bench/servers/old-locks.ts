import type { StoredBlob } from './stored-blobs.ts';

/** Completed locks of long ago, a million of them if need be: they exist by rule, and only those that are deleted cost memory. */
export class OldLocks {
  readonly #folder: string;
  readonly #count: number;
  readonly #oneDueIn: number;
  readonly #deleted = new Set<number>();
  readonly #due: string;
  readonly #notDue: string;

  /** One in `oneDueIn` was completed so long ago that a sweep deletes it; the others a day ago. */
  constructor({ folder, count, oneDueIn }: { folder: string; count: number; oneDueIn: number }) {
    this.#folder = folder;
    this.#count = count;
    this.#oneDueIn = oneDueIn;
    this.#due = daysAgo(400);
    this.#notDue = daysAgo(1);
  }

  /** Up to `most` of them from the place `from` on, in the order of their names, and the place after the last. */
  page(
    from: number,
    most: number,
  ): { readonly locks: readonly (readonly [string, StoredBlob])[]; readonly next: number } {
    const locks: (readonly [string, StoredBlob])[] = [];
    let place = from;
    for (; place < this.#count && locks.length < most; place += 1) {
      if (!this.#deleted.has(place)) locks.push([this.#name(place), this.#blob(place)]);
    }
    return { locks, next: place };
  }

  isEnd = (place: number): boolean => place >= this.#count;

  find(name: string): StoredBlob | undefined {
    const place = this.#place(name);
    return place === undefined || this.#deleted.has(place) ? undefined : this.#blob(place);
  }

  delete(name: string): void {
    const place = this.#place(name);
    if (place !== undefined) this.#deleted.add(place);
  }

  #name = (place: number): string => `${this.#folder}/lock-old-${String(place).padStart(8, '0')}.lock`;

  #place(name: string): number | undefined {
    const place = Number(/\/lock-old-(\d{8})\.lock$/.exec(name)?.[1]);
    return place < this.#count && this.#name(place) === name ? place : undefined;
  }

  #blob(place: number): StoredBlob {
    const id = `old-${String(place).padStart(8, '0')}`;
    return {
      content: Buffer.alloc(0),
      contentType: 'application/json',
      etag: `"0xF${place.toString(16).toUpperCase().padStart(14, '0')}"`,
      lastModified: place % this.#oneDueIn === 0 ? this.#due : this.#notDue,
      metadata: [...['x-ms-meta-messageid', id, 'x-ms-meta-owner', owner], ...completed],
    };
  }
}

const owner = '0123456789abcdef0123456789abcdef';
const completed = ['x-ms-meta-state', 'completed', 'x-ms-meta-fingerprint', `jcs1:${'0123456789abcdef'.repeat(4)}`];

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toUTCString();
