import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import type { LockName } from '../../../src/domain/lock-name.ts';
import { describeLockCatalog } from '../../contracts/lock-catalog.contract.ts';

describeLockCatalog('InMemoryLockStore', async () => {
  const store = new InMemoryLockStore();
  return {
    store,
    catalog: store,
    plantForeign: async (name) => {
      store.plant(name as LockName, 'not a lock');
    },
  };
});
