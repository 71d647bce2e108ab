import { describeLockStore } from 'immutable-service-bus/testing/contracts';
import { MapLockStore } from './map-lock-store.ts';

// Everything that a store has to promise, as tests. Yours passes when they do.
describeLockStore('MapLockStore', async () => new MapLockStore());
