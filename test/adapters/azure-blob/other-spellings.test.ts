import { randomUUID } from 'node:crypto';
import { expect, inject, it, onTestFinished } from 'vitest';
import { LazyBlobService } from '../../../src/adapters/azure-blob/lazy-blob-service.ts';
import { warnOfOtherSpellings } from '../../../src/adapters/azure-blob/warn-of-other-spellings.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';

const connections = {
  ServiceBusConnection:
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;',
};

/** What is warned of where these folders have locks. */
async function warningsOf(folders: readonly string[], settings: Readonly<Record<string, string>>) {
  const LockStorage = inject('blobStorage');
  const storage = LazyBlobService.byConnectionString(LockStorage);
  const container = await storage.container(`locks-${randomUUID()}`).client();
  await container.create();
  onTestFinished(async () => void (await container.delete()));
  for (const folder of folders) await container.getBlockBlobClient(`${folder}/lock-order-1.lock`).upload('{}', 2);
  const warnings: (Readonly<Record<string, unknown>> | undefined)[] = [];
  const config = readConfig({ ...connections, LockStorage, LOCK_CONTAINER: container.containerName, ...settings });
  await warnOfOtherSpellings(storage, config, (_level, sentence, facts) => void warnings.push({ sentence, ...facts }));
  return warnings;
}

it('Locks under another spelling of the name of the queue are told of, with what to do', async () => {
  const folders = ['Messages', 'messages', 'MESSAGES', 'messages2', 'other'];
  expect(await warningsOf(folders, { QUEUE_NAME: 'Messages' })).toEqual([
    {
      event: 'other-spelling',
      folders: ['MESSAGES', 'Messages'],
      sentence: expect.stringContaining('LOCK_SCOPE=MESSAGES'),
    },
  ]);
});

it('Locks in their own folder, or where LOCK_SCOPE says which is meant, are not', async () => {
  expect(await warningsOf(['messages', 'other'], {})).toEqual([]);
  expect(await warningsOf(['Messages', 'messages'], { LOCK_SCOPE: 'Messages' })).toEqual([]);
});

it('A container that cannot be listed is not warned of', async () => {
  expect(await warningsOf([], { LOCK_CONTAINER: `none-${randomUUID()}` })).toEqual([]);
});
