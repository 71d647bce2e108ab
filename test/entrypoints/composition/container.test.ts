import { describe, expect, it } from 'vitest';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { LazyServiceBus } from '../../../src/adapters/service-bus/lazy-service-bus.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { ConfigError } from '../../../src/application/settings/config-error.ts';
import type { Message } from '../../../src/domain/message.ts';
import type { MessageId } from '../../../src/domain/message-id.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { buildContainer, Token } from '../../../src/entrypoints/composition/container.ts';
import { keyOf, lockOf } from '../../support/lock-records.ts';

const settings = {
  ServiceBusConnection:
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;',
  LockStorage: 'UseDevelopmentStorage=true',
  LOCK_SCOPE: 'queue',
};

const build = (changes: Readonly<Record<string, string>> = {}, handler?: MessageHandler) =>
  buildContainer(readConfig({ ...settings, ...changes }), () => undefined, handler);

const message: Message = {
  id: 'm-1' as MessageId,
  source: '/',
  type: 'test.message',
  content: { kind: 'json', value: {} },
};

const delivery = {
  key: keyOf('m-1'),
  message: { ...message, properties: {} },
  fingerprint: fingerprintOf(message),
  deliveryCount: 1,
  physical: { sequenceNumber: '1', enqueuedTime: '2026-11-22T12:00:00.000Z' },
  expiresAt: undefined,
};

describe('The container', () => {
  it('takes another adapter in one line', async () => {
    const container = build({}, async () => 'done');
    container.rebind(Token.lockStore).toConstantValue(new InMemoryLockStore());
    await container.get(Token.processMessage).run(delivery);
    const stored = await container.get(Token.lockStore).read(lockOf('m-1'));
    expect(stored?.record).toMatchObject({ state: 'completed', result: '"done"' });
  });

  it('has everything at once: an asynchronous factory that failed would stay failed', () => {
    const container = build();
    for (const token of Object.values(Token)) expect(container.get<unknown>(token)).not.toBeInstanceOf(Promise);
  });

  it('gives everybody the same client', () => {
    const container = build();
    expect(container.get(Token.serviceBus)).toBe(container.get(Token.serviceBus));
    expect(container.get(Token.storage)).toBe(container.get(Token.storage));
  });

  it('connects as an identity where the settings say so', async () => {
    const container = build({
      ServiceBusConnection: '',
      ServiceBusConnection__fullyQualifiedNamespace: 'orders.servicebus.windows.net',
      LockStorage: '',
      LockStorage__blobServiceUri: 'https://orders.blob.core.windows.net',
    });
    const serviceBus = await container.get(Token.serviceBus).client();
    expect(serviceBus.fullyQualifiedNamespace).toBe('orders.servicebus.windows.net');
    expect(container.get(Token.storage).url).toBe('https://orders.blob.core.windows.net');
  });

  it.each([
    ['ServiceBusConnection', 'serviceBusConnection', Token.serviceBus],
    ['LockStorage', 'lockStorage', Token.storage],
  ])('names %s when a configuration made by hand has no connection string there', async (name, member, token) => {
    const connection = { kind: 'connection-string', connectionString: 'nonsense' } as const;
    const container = buildContainer({ ...readConfig(settings), [member]: connection }, () => undefined);
    const get = async () => {
      const service = container.get<unknown>(token);
      if (service instanceof LazyServiceBus) await service.client();
    };
    await expect(get()).rejects.toThrow(ConfigError);
    await expect(get()).rejects.toThrow(`${name} is not a valid connection string: `);
  });
});
