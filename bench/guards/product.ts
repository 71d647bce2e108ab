import type { Container } from 'inversify';
import { LazyBlobService } from '../../src/adapters/azure-blob/lazy-blob-service.ts';
import type { Log } from '../../src/adapters/telemetry/log.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import type { Delivery } from '../../src/domain/message.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { readConfig } from '../../src/entrypoints/composition/config.ts';
import { buildContainer, Token } from '../../src/entrypoints/composition/container.ts';
import { connectionString, tokenCredential } from './access.ts';
import { type GuardSettings, lockContainer, lockScope } from './guard.ts';

/** The product as its hosts wire it, around `handler`. Its log goes nowhere unless told. */
export function productWith(
  handler: MessageHandler,
  { blobs, access }: Pick<GuardSettings, 'blobs' | 'access'>,
  { log = () => undefined, settings = {} }: { log?: Log; settings?: Record<string, string> } = {},
): Container {
  const config = readConfig({
    LockStorage: connectionString(blobs),
    ServiceBusConnection: 'Endpoint=sb://127.0.0.1;SharedAccessKeyName=none;SharedAccessKey=none',
    QUEUE_NAME: lockScope,
    LOCK_CONTAINER: lockContainer,
    ...settings,
  });
  const container = buildContainer(config, log, handler);
  if (access === 'bearer') {
    container.rebind(Token.storage).toResolvedValue(() => LazyBlobService.asIdentity(blobs.https, tokenCredential));
  }
  return container;
}

/** One delivery of a small message. */
export const deliveryOf = (id: string, deliveryCount: number, content: unknown = smallContent): Delivery => ({
  key: { scope: lockScope, id: id as MessageId },
  message: {
    id: id as MessageId,
    source: '/api/messages',
    type: 'immutable-service-bus.message.submitted',
    contentType: 'application/json',
    content: { kind: 'json', value: content },
    properties: {},
  },
  fingerprint: fingerprint('jcs1:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
  deliveryCount,
  physical: { sequenceNumber: '1', enqueuedTime: '2024-01-01T00:00:00.000Z' },
  expiresAt: undefined,
});

const smallContent = { order: 1 };
