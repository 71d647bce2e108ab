import { InMemoryEffectsLog } from '../../../src/adapters/in-memory/in-memory-effects-log.ts';
import { describeEffectsLog } from '../../contracts/effects-log.contract.ts';

describeEffectsLog('InMemoryEffectsLog', async () => {
  const log = new InMemoryEffectsLog();
  return { log, lines: async (name) => log.lines(name) };
});
