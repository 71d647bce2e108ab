import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

vi.setConfig({ testTimeout: 60_000 });

describe('The engines of the local host', () => {
  it('have containers that anyone on the machine can look into, and end together', async () => {
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
    await engines.stop();
    expect(await Promise.all(ports.map(isListening))).toEqual([false, false]);
  });

  it('that cannot start name both ports and their settings', async () => {
    const [blobPort, serviceBusPort] = [await takenPort(), await takenPort()];
    const starting = startEngines(settings({ blobPort, serviceBusPort }), ['one']);
    await expect(starting).rejects.toThrow(new RegExp(`port ${blobPort} .*It is set by EMULATOR_BLOB_PORT`));
    await expect(starting).rejects.toThrow(
      new RegExp(`port ${serviceBusPort} .*It is set by EMULATOR_SERVICE_BUS_PORT`),
    );
  });

  it('leave nothing behind if one of them cannot start', async () => {
    const serviceBusPort = await takenPort();
    await expect(startEngines(settings({ serviceBusPort }), ['one'])).rejects.toThrow('EMULATOR_SERVICE_BUS_PORT');
    await expect.poll(childProcesses).toEqual([]);
  });

  // Only Linux shows the number of a child process that nobody hands out.
  it.skipIf(process.platform !== 'linux')('tell of it when the store ended by itself', async () => {
    const engines = await startEngines(settings(), ['one']);
    onTestFinished(() => engines.stop());
    const [child] = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    process.kill(Number(child), 'SIGKILL');
    expect((await engines.broken).message).toContain('Azurite ended by itself (SIGKILL).');
  });
});

/** The child processes of this test file that have not ended. */
const childProcesses = () => process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap');
