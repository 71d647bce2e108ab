import type { LockName } from '../../domain/lock-name.ts';
import type { LockRecord } from '../../domain/lock-record.ts';
import { age, type DurationMs } from '../../domain/time.ts';
import type { ListedLock, LockCatalog, LockPage } from '../ports/lock-catalog.ts';

/** Which locks are asked for. What is left out does not matter. */
export interface LockFilter {
  readonly states?: ReadonlySet<LockRecord['state']>;
  /** Not written for longer than this, by the store's clock. */
  readonly olderThanMs?: DurationMs;
  /** What the message ID starts with. */
  readonly prefix?: string;
  /** What the owner's name starts with. */
  readonly owner?: string;
}

/** Lists locks by their names and metadata alone: one request for some thousands, and none for a single one. */
export class ListLocks {
  readonly #catalog: LockCatalog;
  readonly #scope: string;

  constructor(catalog: LockCatalog, scope: string) {
    this.#catalog = catalog;
    this.#scope = scope;
  }

  /**
   * A page at a time, each asked for when it is wanted: what is kept does not grow with the number of locks. It begins behind
   * the name `after`, or with the first.
   */
  async *run(filter: LockFilter = {}, after?: LockName): AsyncGenerator<LockPage & { readonly listed: number }> {
    for await (const { locks, ...page } of this.#catalog.pages(this.#scope, { after, pageSize })) {
      const met = locks.filter((lock) => meets(lock, page.observedAt, filter));
      yield { ...page, locks: met, listed: locks.length };
    }
  }
}

/** Half of the most: a page is garbage once it is shown, and pages of 5,000 leave 10 MB more of it, for a tenth more CPU. */
const pageSize = () => 2500;

const meets = (
  { state, writtenAt, messageId, owner = '' }: ListedLock,
  observedAt: LockPage['observedAt'],
  filter: LockFilter,
): boolean =>
  (filter.states === undefined || filter.states.has(state)) &&
  (filter.olderThanMs === undefined || age(writtenAt, observedAt) > filter.olderThanMs) &&
  (filter.prefix === undefined || messageId.startsWith(filter.prefix)) &&
  (filter.owner === undefined || owner.startsWith(filter.owner));
