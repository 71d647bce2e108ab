import { BlobLockCatalog } from '../../../src/adapters/azure-blob/blob-lock-catalog.ts';
import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import { seconds } from '../../../src/domain/time.ts';
import { describeLockCatalog } from '../../contracts/lock-catalog.contract.ts';
import { newContainer } from '../../support/blob-containers.ts';

describeLockCatalog('BlobLockCatalog', async () => {
  const container = await newContainer();
  const options = { requestTimeoutMs: seconds(10) };
  return {
    store: new BlobLockStore(container, options),
    catalog: new BlobLockCatalog(container, options),
    plantForeign: async (name) => {
      await container.getBlockBlobClient(name).upload('not a lock', 10);
    },
  };
});
