/** Every port in memory, for tests and demonstrations, and a lock store on which anything can go wrong. */
export * from './faulty-lock-store.ts';
export { InMemoryEffectsLog } from './in-memory-effects-log.ts';
export { InMemoryFencedStore } from './in-memory-fenced-store.ts';
export { InMemoryLockStore, type InMemoryLockStoreOptions } from './in-memory-lock-store.ts';
export { InMemoryMarkerStore } from './in-memory-marker-store.ts';
export { InMemoryMessagePublisher, type PublishFault, type PublishFaults } from './in-memory-message-publisher.ts';
export { ManualClock, type ManualClockOptions } from './manual-clock.ts';
