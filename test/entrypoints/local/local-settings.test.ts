import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/application/settings/config-error.ts';
import { readLocalSettings, withConnections } from '../../../src/entrypoints/local/local-settings.ts';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readLocalSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('The settings of the local host', () => {
  it('have the conventional ports of the engines, and need no connections', () => {
    expect(readLocalSettings({})).toEqual({
      engines: {
        serviceBusPort: 5672,
        blobPort: 10_000,
        queueName: 'messages',
        peekLockMs: 60_000,
        maxDeliveryCount: 10,
        startTimeoutMs: 30_000,
      },
      containers: ['locks', 'processed', 'effects'],
    });
  });

  it('make the queue and the containers that the host will use', () => {
    const settings = { QUEUE_NAME: 'orders', LOCK_CONTAINER: 'my-locks', MAX_DELIVERY_COUNT: '20' };
    expect(readLocalSettings(settings)).toMatchObject({
      engines: { queueName: 'orders', maxDeliveryCount: 20 },
      containers: ['my-locks', 'processed', 'effects'],
    });
  });

  it('name every bad one at once, of engines and host, and one of both only once', () => {
    const problems = problemsOf({
      EMULATOR_SERVICE_BUS_PORT: 'x',
      EMULATOR_BLOB_PORT: '65536',
      EMULATOR_LOCK_DURATION: 'PT6M',
      QUEUE_NAME: '!',
      LOCK_SCOPE: 'orders',
      LOCK_TTL: '30',
    });
    const names = [
      'EMULATOR_SERVICE_BUS_PORT',
      'EMULATOR_BLOB_PORT',
      'QUEUE_NAME',
      'EMULATOR_LOCK_DURATION',
      'LOCK_TTL',
    ];
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(names);
  });

  it('connect to the engines, whatever connections the machine is set up with', () => {
    const machine = {
      ServiceBusConnection: 'Endpoint=sb://elsewhere',
      LockStorage__blobServiceUri: 'https://elsewhere.blob.core.windows.net',
      LockStorage__clientId: 'somebody',
    };
    expect(() => readLocalSettings(machine)).not.toThrow();
    const engines = {
      ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=key;SharedAccessKey=secret',
      LockStorage: 'UseDevelopmentStorage=true',
    };
    expect(withConnections({ ...machine, PORT: '0' }, engines)).toEqual({ ...engines, PORT: '0' });
  });

  it('of the engines alone are not refused for what a host elsewhere could not do with them', () => {
    const environment = { MAX_DELIVERY_COUNT: '4', MESSAGE_HANDLER: 'nowhere', LOCK_CONTAINER: 'my-locks' };
    expect(() => readLocalSettings(environment)).toThrow('MAX_DELIVERY_COUNT');
    const { engines, containers } = readLocalSettings(environment, { LOCK_CONTAINER: environment.LOCK_CONTAINER });
    expect(engines.maxDeliveryCount).toBe(4);
    expect(containers).toContain('my-locks');
  });
});
