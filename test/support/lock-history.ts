import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';
import { type LockRecord, tokenOf } from '../../src/domain/lock-record.ts';

/** A store that remembers every write it applied, in order. */
export class LockHistory extends InMemoryLockStore {
  readonly writes: { readonly record: LockRecord; readonly token: number }[] = [];

  override async put(...[name, record, condition]: Parameters<LockStore['put']>): ReturnType<LockStore['put']> {
    const result = await super.put(name, record, condition);
    if (result.kind === 'written') {
      this.writes.push({ record, token: tokenOf({ record, writtenAt: result.writtenAt }) });
    }
    return result;
  }

  /** The owners in the order of their acquisitions; one that came back would be in it twice. */
  get owners(): readonly { readonly owner: string; readonly token: number }[] {
    return this.writes
      .map(({ record, token }) => ({ owner: record.owner, token }))
      .filter(({ owner }, index, all) => owner !== all[index - 1]?.owner);
  }
}
