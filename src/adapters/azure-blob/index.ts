/** Locks, and effects that are fenced by them, in Azure Blob Storage. */
export { BlobEffectsLog } from './blob-effects-log.ts';
export { BlobFencedStore } from './blob-fenced-store.ts';
export { BlobLockCatalog } from './blob-lock-catalog.ts';
export { BlobLockStore, type BlobLockStoreOptions } from './blob-lock-store.ts';
export { BlobMarkerStore } from './blob-marker-store.ts';
export { blobServiceFromConnectionString, blobServiceFromIdentity } from './blob-service.ts';
export { createContainers } from './create-containers.ts';
