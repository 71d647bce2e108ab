import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { type AzuriteOptions, startAzurite } from '../../../src/adapters/azurite/start-azurite.ts';
import { isListening } from '../../support/ports.ts';
import { timeLimits } from '../../support/time-limits.ts';

describe('Azurite as a child process', () => {
  const started = async (options: Partial<AzuriteOptions> = {}) => {
    const azurite = await startAzurite({ port: 0, startTimeoutMs: timeLimits.waitMs, ...options });
    onTestFinished(azurite.stop);
    return azurite;
  };

  it('serves blobs on a free port, to whoever has the connection string', async () => {
    const { connectionString, port } = await started();
    expect(port).toBeGreaterThan(0);
    const container = blobServiceFromConnectionString(connectionString).getContainerClient('test');
    await container.create();
    const otherKey = connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${Buffer.alloc(64).toString('base64')}`);
    const stranger = blobServiceFromConnectionString(otherKey).getContainerClient('test');
    await expect(stranger.getProperties()).rejects.toMatchObject({ statusCode: 403 });
  });

  it('takes the account it is given', async () => {
    const account = { name: 'known', key: Buffer.alloc(64, 1).toString('base64') };
    const { connectionString } = await started({ account });
    expect(connectionString).toContain(`AccountName=known;AccountKey=${account.key};`);
    await blobServiceFromConnectionString(connectionString).getContainerClient('test').create();
  });

  it('says which port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(startAzurite({ port })).rejects.toThrow(`Azurite cannot listen on port ${port} of 127.0.0.1`);
    await expect.poll(childProcesses).toEqual([]);
  });

  it('has ended when it is stopped', async () => {
    const { port, stop, exited } = await startAzurite({ port: 0 });
    expect(await isListening(port)).toBe(true);
    expect(childProcesses()).toHaveLength(1);
    await stop();
    expect(await isListening(port)).toBe(false);
    await expect.poll(childProcesses).toEqual([]);
    await exited;
    await stop();
  });

  it('has ended when it did not start in time', async () => {
    await expect(startAzurite({ port: 0, startTimeoutMs: 1 })).rejects.toThrow(
      'Azurite did not start within 1 ms. STARTUP_TIMEOUT sets how long it may take.',
    );
    await expect.poll(childProcesses).toEqual([]);
  });
});

/** The child processes of this test file that have not ended. */
const childProcesses = () => process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap');
