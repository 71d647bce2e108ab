import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../../src/entrypoints/composition/config.ts';

const connections = {
  ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=key;SharedAccessKey=secret',
  LockStorage: 'UseDevelopmentStorage=true',
};

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('The settings', () => {
  it('have defaults that keep every rule, given the two connections', () => {
    expect(readConfig(connections)).toMatchObject({
      queueName: 'messages',
      lockScope: 'messages',
      lockContainer: 'locks',
      lockTtlMs: 30_000,
      activeLockWaitMs: 45_000,
      completedRetentionMs: 8 * 86_400_000,
      messageTtlMs: 7 * 86_400_000,
      functionTimeoutMs: 300_000,
      maxDeliveryCount: 10,
      host: '127.0.0.1',
      port: 7071,
      warnings: [],
    });
  });

  it('take an empty text for a setting that is not set', () => {
    expect(readConfig({ ...connections, LOCK_TTL: '' }).lockTtlMs).toBe(30_000);
  });

  it('use the queue name as the scope of the locks unless another is given', () => {
    expect(readConfig({ ...connections, QUEUE_NAME: 'orders' }).lockScope).toBe('orders');
    expect(readConfig({ ...connections, QUEUE_NAME: 'orders', LOCK_SCOPE: 'slot-2' }).lockScope).toBe('slot-2');
  });

  it('name every bad value at once, with the rule', () => {
    const problems = problemsOf({
      LOCK_TTL: '30s',
      ACTIVE_LOCK_WAIT: 'P1Y',
      LOCK_CONTAINER: 'No_Good',
      QUEUE_NAME: '-',
      MAX_DELIVERY_COUNT: '0',
      PORT: '70000',
      MESSAGE_HANDLER: 'none',
    });
    const names = problems.map((problem) => problem.split(' ', 1)[0]);
    expect(new Set(names)).toEqual(
      new Set([
        'ServiceBusConnection',
        'LockStorage',
        'LOCK_TTL',
        'ACTIVE_LOCK_WAIT',
        'LOCK_CONTAINER',
        'QUEUE_NAME',
        'LOCK_SCOPE',
        'MAX_DELIVERY_COUNT',
        'PORT',
        'MESSAGE_HANDLER',
      ]),
    );
    expect(problems.join()).toContain('"30s"');
  });

  it.each([
    ['a ttl of parts of a second, which the times of the store cannot tell', { LOCK_TTL: 'PT30.5S' }, 'whole seconds'],
    ['locks among the archived messages, which could have their names', { LOCK_CONTAINER: 'processed' }, 'processed'],
    ['a ttl under 5 s', { LOCK_TTL: 'PT4S' }, 'PT5S'],
    ['a ttl over 15 min', { LOCK_TTL: 'PT16M' }, 'PT15M'],
    ['a wait that a crash outlasts', { ACTIVE_LOCK_WAIT: 'PT38S', MAX_DELIVERY_COUNT: '20' }, 'at least 39 s'],
    ['a delivery count that duplicates use up beside healthy work', { MAX_DELIVERY_COUNT: '9' }, 'at least 335 s'],
    ['a retention shorter than a message lives', { COMPLETED_RETENTION: 'P7D' }, 'at least MESSAGE_TTL'],
    ['a timeout that waiting uses up', { FUNCTION_TIMEOUT: 'PT1M' }, 'FUNCTION_TIMEOUT is 60 s'],
  ])('are refused with %s', (_what, settings, words) => {
    const problems = problemsOf({ ...connections, ...settings });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  it('warn of an instant failure and of no retention, and waive the rules that these give up', () => {
    const { warnings } = readConfig({
      ...connections,
      ACTIVE_LOCK_WAIT: 'PT0S',
      COMPLETED_RETENTION: 'PT0S',
      MAX_DELIVERY_COUNT: '1',
    });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('ACTIVE_LOCK_WAIT is PT0S');
    expect(warnings[1]).toContain('COMPLETED_RETENTION is PT0S');
  });
});

describe('The connection settings', () => {
  const clientId = '6a2c1a4e-7f5b-4c39-9d5e-0f4b6c1d2e3f';
  const identity = {
    ServiceBusConnection__fullyQualifiedNamespace: 'orders.servicebus.windows.net',
    LockStorage__blobServiceUri: 'https://orders.blob.core.windows.net',
  };

  it('are connection strings', () => {
    expect(readConfig(connections)).toMatchObject({
      serviceBusConnection: {
        kind: 'connection-string',
        connectionString: 'Endpoint=sb://localhost;SharedAccessKeyName=key;SharedAccessKey=secret',
      },
      lockStorage: { kind: 'connection-string', connectionString: 'UseDevelopmentStorage=true' },
    });
  });

  it('are addresses that an identity reaches, the default one unless another is named', () => {
    expect(readConfig(identity)).toMatchObject({
      serviceBusConnection: {
        kind: 'identity',
        address: 'orders.servicebus.windows.net',
        identity: { kind: 'default', clientId: undefined },
      },
      lockStorage: { kind: 'identity', address: 'https://orders.blob.core.windows.net' },
    });
    const named = { ServiceBusConnection__credential: 'managedidentity', ServiceBusConnection__clientId: clientId };
    expect(readConfig({ ...identity, ...named }).serviceBusConnection).toMatchObject({
      identity: { kind: 'managed', clientId },
    });
  });

  it('may be of either kind for each service', () => {
    const { LockStorage } = connections;
    const { ServiceBusConnection__fullyQualifiedNamespace } = identity;
    const mixed = readConfig({ LockStorage, ServiceBusConnection__fullyQualifiedNamespace });
    expect([mixed.serviceBusConnection.kind, mixed.lockStorage.kind]).toEqual(['identity', 'connection-string']);
  });

  it('that are missing are named in both kinds, with the roles that an identity needs', () => {
    const [serviceBus, storage] = problemsOf({});
    expect(serviceBus).toMatch(
      /^ServiceBusConnection is not set: .+ set ServiceBusConnection__fullyQualifiedNamespace to/,
    );
    expect(serviceBus).toContain('"Azure Service Bus Data Receiver" and "Azure Service Bus Data Sender"');
    expect(storage).toMatch(/^LockStorage is not set: .+ set LockStorage__blobServiceUri to/);
    expect(storage).toContain('"Storage Blob Data Contributor"');
  });

  it.each([
    [
      'both kinds at once',
      { ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=key;SharedAccessKey=secret' },
      'are both set',
    ],
    ['a namespace with a scheme', { ServiceBusConnection__fullyQualifiedNamespace: 'sb://orders.net/' }, 'host name'],
    ['a namespace without its domain', { ServiceBusConnection__fullyQualifiedNamespace: 'orders' }, 'host name'],
    ['storage without encryption', { LockStorage__blobServiceUri: 'http://orders.blob.core.windows.net' }, 'https'],
    ['the address of a container', { LockStorage__blobServiceUri: 'https://orders.blob.net/locks' }, 'Blob service'],
    ['a client ID that is none', { LockStorage__clientId: 'orders' }, 'GUID'],
    ['another credential', { LockStorage__credential: 'secret' }, 'managedidentity'],
  ])('are refused with %s', (_what, settings, words) => {
    const problems = problemsOf({ ...identity, ...settings });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });
});

describe('A connection string of Service Bus', () => {
  const { LockStorage } = connections;
  const endpoint = 'Endpoint=sb://orders.servicebus.windows.net/';

  it.each([
    `${endpoint};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=c2VjcmV0==`,
    ` endpoint = sb://localhost:5672 ; SharedAccessKey=x ; SharedAccessKeyName=y ; UseDevelopmentEmulator=true;`,
    `${endpoint};SharedAccessSignature=SharedAccessSignature sr=x&sig=y&se=1&skn=z;EntityPath=orders`,
  ])('is taken: %s', (ServiceBusConnection) => {
    expect(() => readConfig({ LockStorage, ServiceBusConnection })).not.toThrow();
  });

  it.each([
    ['nonsense', 'it has no "Endpoint=sb://…"'],
    ['Endpoint=https://orders.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=y', 'no "Endpoint=sb://…"'],
    [endpoint, 'it has neither "SharedAccessKeyName=…" and'],
    [`${endpoint};SharedAccessKeyName=x`, 'it has neither "SharedAccessKeyName=…" and'],
    [`${endpoint};SharedAccessKey=x`, 'it has neither "SharedAccessKeyName=…" and'],
  ])('is refused at the start: %s', (ServiceBusConnection, words) => {
    const [problem, ...others] = problemsOf({ LockStorage, ServiceBusConnection });
    expect(problem).toMatch(/^ServiceBusConnection is no connection string: /);
    expect(problem).toContain(words);
    expect(others).toEqual([]);
  });
});
