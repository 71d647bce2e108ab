import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import { seconds } from '../../../src/domain/time.ts';
import { describeLockStore } from '../../contracts/lock-store.contract.ts';
import { newContainer } from '../../support/blob-containers.ts';

const store = async () => new BlobLockStore(await newContainer(), { requestTimeoutMs: seconds(5) });
describeLockStore('BlobLockStore', store);
