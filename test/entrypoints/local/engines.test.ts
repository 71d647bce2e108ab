import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import type { EngineSettings } from '../../../src/entrypoints/local/engine-settings.ts';
import { startEngines } from '../../../src/entrypoints/local/engines.ts';
import { readLocalSettings } from '../../../src/entrypoints/local/local-settings.ts';
import { isListening, takenPort } from '../../support/ports.ts';

const settings = (changes: Partial<EngineSettings> = {}): EngineSettings => ({
  ...readLocalSettings({}).engines,
  serviceBusPort: 0,
  blobPort: 0,
  ...changes,
});

describe('The engines of the local host', () => {
  it('have containers that anyone on the machine can look into, tell when the store ended by itself, and end together', async () => {
    const engines = await startEngines(settings(), ['one', 'two']);
    onTestFinished(() => engines.stop());
    const storage = blobServiceFromConnectionString(engines.settings.LockStorage);
    await storage.getContainerClient('two').getBlockBlobClient('a/b').upload('hello', 5);
    expect(await (await fetch(`${engines.blobAddress}/two/a/b`)).text()).toBe('hello');
    expect((await fetch(`${engines.blobAddress}/one?restype=container&comp=list`)).status).toBe(200);

    const ports = [engines.blobAddress, engines.settings.ServiceBusConnection].map((text) =>
      Number(/:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]),
    );
    expect(await Promise.all(ports.map(isListening))).toEqual([true, true]);
    if (process.platform === 'linux') {
      // No other system shows the number of a child process that nobody hands out.
      const [child] = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ');
      process.kill(Number(child), 'SIGKILL');
      expect((await engines.broken).message).toContain('Azurite ended by itself (SIGKILL).');
    }
    await engines.stop();
    expect(await Promise.all(ports.map(isListening))).toEqual([false, false]);
  });

  it('leave nothing behind if one of them cannot start', async () => {
    const serviceBusPort = await takenPort();
    await expect(startEngines(settings({ serviceBusPort }), ['one'])).rejects.toThrow('EMULATOR_SERVICE_BUS_PORT');
    await expect.poll(childProcesses).toEqual([]);
  });
});

/** The child processes of this test file that have not ended. */
const childProcesses = () => process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap');
