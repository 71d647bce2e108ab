import { InMemoryMarkerStore } from '../../../src/adapters/in-memory/in-memory-marker-store.ts';
import { describeMarkerStore } from '../../contracts/marker-store.contract.ts';

describeMarkerStore('InMemoryMarkerStore', async () => new InMemoryMarkerStore());
