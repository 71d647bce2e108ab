import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { casesTimes } from '../../support/cases.ts';
import { LoadedApp } from '../../support/functions/loaded-app.ts';
import { packageApp } from '../../support/functions/packaged-app.ts';
import { identitiesOf, identityText } from '../../support/named-work.ts';
import { StandInBlobService } from '../../support/stand-in-blob-service.ts';
import { dotnetText, wireMessages } from '../../support/wire-messages.ts';

it('Messages that are nearly one another each have work of their own in the packaged Function App', async () => {
  const packaged = await packageApp();
  const storage = await new StandInBlobService().start();
  const entry = JSON.parse(readFileSync(join(packaged.folder, 'package.json'), 'utf8')).main;
  const app = await LoadedApp.load(packaged.folder, entry, {
    ServiceBusConnection:
      'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;',
    LockStorage: storage.connectionString,
  });
  onTestFinished(async () => {
    await app.terminate();
    storage.close();
    packaged.remove();
  });
  // The .NET client makes a text of a binary ID, so that it cannot be told apart here.
  const messages = fc
    .sample(wireMessages, { numRuns: 2000 * casesTimes, seed: 20_261_129 })
    .filter(({ messageId }) => messageId.type !== 'binary');
  for (const { messageId, contentType, applicationProperties, body } of messages) {
    const type = contentType === undefined ? {} : { contentType };
    const { error } = await app.deliver({ messageId: dotnetText(messageId), applicationProperties, body, ...type });
    // A plain message and an event of our own source can have one ID, and are of different types.
    if (error !== undefined) expect(error).toMatch(/^MessageMismatchError/);
  }
  const inContainer = (container: string) =>
    [...storage.blobs].filter(([name]) => name.startsWith(`${container}/messages/`));
  const locks = inContainer('locks')
    .filter(([name]) => name.endsWith('.lock'))
    .map(([, { content }]) => JSON.parse(content.toString()));
  expect(locks.map(({ source, messageId }) => identityText([source ?? null, messageId])).sort()).toEqual(
    identitiesOf(messages),
  );
  expect(new Set(locks.map(({ state, attempt }) => `${state} ${attempt}`))).toEqual(new Set(['completed 1']));
  expect(inContainer('processed')).toHaveLength(locks.length);
});
