import { unescapeText } from '../../domain/escaped-id.ts';
import type { LockName } from '../../domain/lock-name.ts';
import type { LockRecord } from '../../domain/lock-record.ts';
import type { LockStore, LockVersion, Revision, StoredLock, WriteCondition, WriteResult } from '../ports/lock-store.ts';
import type { LayoutCheck } from './layout-check.ts';
import type { WordForOperators } from './word-for-operators.ts';

/** A LockStore that answers for a scope once it is certain that its locks have the layout of this process. */
export class LayoutCheckedStore implements LockStore {
  /** The same without the check, for whoever asks by itself where the locks are. */
  readonly unchecked: LockStore;
  readonly #check: Pick<LayoutCheck, 'run' | 'leaveWords'>;
  readonly #agreed = new Set<string>();

  constructor(store: LockStore, check: Pick<LayoutCheck, 'run' | 'leaveWords'>) {
    this.unchecked = store;
    this.#check = check;
  }

  /**
   * Also leaves these words for operators. Where it rejects, whoever uses a lock of the scope does so.
   *
   * @throws LockLayoutError if the locks of the scope are laid out otherwise; LockStoreError if the store cannot be asked.
   */
  agree(scope: string, words: readonly WordForOperators[] = []): Promise<void> {
    this.#check.leaveWords(scope, words);
    return this.#check.run(scope);
  }

  async read(name: LockName): Promise<StoredLock | undefined> {
    await this.#agree(name);
    return this.unchecked.read(name);
  }

  async put(name: LockName, record: LockRecord, condition: WriteCondition): Promise<WriteResult<Revision>> {
    await this.#agree(name);
    return this.unchecked.put(name, record, condition);
  }

  async delete(name: LockName, version: LockVersion): Promise<WriteResult<object>> {
    await this.#agree(name);
    return this.unchecked.delete(name, version);
  }

  async #agree(name: LockName): Promise<void> {
    const folder = name.slice(0, name.indexOf('/'));
    if (this.#agreed.has(folder)) return;
    await this.#check.run(unescapeText(folder) ?? folder);
    this.#agreed.add(folder);
  }
}
