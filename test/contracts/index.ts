/**
 * What every adapter of a port has to promise, as suites of Vitest tests. Call one at the top of a test file, with a factory for
 * an empty adapter of your own.
 */
export { type ClockUnderTest, describeClock } from './clock.contract.ts';
export { describeEffectsLog, type EffectsLogUnderTest } from './effects-log.contract.ts';
export { describeFencedStore, type FencedStoreUnderTest } from './fenced-store.contract.ts';
export { describeLockCatalog } from './lock-catalog.contract.ts';
export { describeLockStore } from './lock-store.contract.ts';
export { describeMarkerStore } from './marker-store.contract.ts';
export {
  describeMessagePublisher,
  type MessagePublisherUnderTest,
  type PublishTrouble,
} from './message-publisher.contract.ts';
