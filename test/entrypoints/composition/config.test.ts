import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { settingNames } from '../../../src/adapters/environment/setting-names.ts';
import { ConfigError } from '../../../src/application/settings/config-error.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { buildContainer, Token } from '../../../src/entrypoints/composition/container.ts';

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
    ['a ttl over 15 min', { LOCK_TTL: 'PT16M', ACTIVE_LOCK_WAIT: 'PT0S' }, 'PT15M'],
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
    ['the ID of a tenant', { ServiceBusConnection__tenantId: clientId }, 'AZURE_TENANT_ID'],
    ['a secret', { LockStorage__clientSecret: 'x' }, 'managed identity'],
    ['an identity by its resource', { ServiceBusConnection__managedIdentityResourceId: '/x' }, '__clientId'],
    [
      'a member in other letters',
      { servicebusconnection__TENANTID: clientId },
      'servicebusconnection__TENANTID is not',
    ],
    ['the name that a host looks for first', { AzureWebJobsServiceBusConnection: 'x' }, 'Rename it'],
    ['another credential', { LockStorage__credential: 'secret' }, 'managedidentity'],
  ])('are refused with %s', (_what, settings, words) => {
    const problems = problemsOf({ ...identity, ...settings });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });
});

describe('The names of connection settings', () => {
  const clientId = '6a2c1a4e-7f5b-4c39-9d5e-0f4b6c1d2e3f';

  it('are found in any case, as a Functions host finds them', () => {
    const { serviceBusConnection, lockStorage } = readConfig({
      servicebusconnection__FULLYQUALIFIEDNAMESPACE: 'orders.servicebus.windows.net',
      ServiceBusConnection__clientID: clientId,
      'lockstorage:blobserviceuri': 'https://orders.blob.core.windows.net',
    });
    expect(serviceBusConnection).toMatchObject({ address: 'orders.servicebus.windows.net', identity: { clientId } });
    expect(lockStorage).toMatchObject({ address: 'https://orders.blob.core.windows.net' });
    expect(
      readConfig({ LOCKSTORAGE: connections.LockStorage, ServiceBusConnection: connections.ServiceBusConnection })
        .lockStorage,
    ).toEqual({
      kind: 'connection-string',
      connectionString: connections.LockStorage,
    });
  });

  it('that choose an identity are refused beside a connection string, which has none', () => {
    const problems = problemsOf({ ...connections, ServiceBusConnection__clientId: clientId });
    expect(problems).toEqual([expect.stringContaining('ServiceBusConnection__clientId is for an identity')]);
  });
});

describe('A connection string of one queue', () => {
  const withPath = (entityPath: string) => `${connections.ServiceBusConnection};EntityPath=${entityPath}`;

  it.each(['orders', 'Orders'])('is taken if it is that of the queue, in any case: %s', (entityPath) => {
    const config = readConfig({ ...connections, ServiceBusConnection: withPath(entityPath), QUEUE_NAME: 'orders' });
    // The SDK compares the two by case.
    expect(config.serviceBusConnection).toMatchObject({ connectionString: connections.ServiceBusConnection });
  });

  it("is refused if it is another queue's, with both names", () => {
    expect(problemsOf({ ...connections, ServiceBusConnection: withPath('orders') })).toEqual([
      expect.stringMatching(/^ServiceBusConnection is for "orders" alone.*QUEUE_NAME is "messages"/),
    ]);
  });
});

describe('A connection string of the storage', () => {
  const { ServiceBusConnection } = connections;

  it.each([
    'UseDevelopmentStorage=true',
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=YQ==;EndpointSuffix=core.windows.net',
    'BlobEndpoint=https://a.blob.core.windows.net/;SharedAccessSignature=sv=2024-11-04&sig=x%3D',
  ])('is taken: %s', (LockStorage) => {
    const container = buildContainer(readConfig({ ServiceBusConnection, LockStorage }), () => undefined);
    expect(container.get(Token.storage).url).toContain('://');
  });

  it.each([
    ['foo=bar', 'it has neither "AccountName=…"'],
    ['foo', 'its member 1 has no name'],
    [';', 'it is empty'],
    ['DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%%', 'its "AccountKey" is not Base64'],
    ['AccountName=a;AccountKey=YQ==', 'no "DefaultEndpointsProtocol=https"'],
    ['BlobEndpoint=a.blob.core.windows.net;SharedAccessSignature=sig=x', 'its "BlobEndpoint" is not'],
    ['AccountName=a;SharedAccessSignature=sig=x', 'no "BlobEndpoint='],
  ])('is refused at the start: %s', (LockStorage, words) => {
    expect(problemsOf({ ServiceBusConnection, LockStorage })).toEqual([
      expect.stringMatching(/^LockStorage is not a valid connection string: /),
    ]);
    expect(problemsOf({ ServiceBusConnection, LockStorage })[0]).toContain(words);
  });
});

describe('All problems', () => {
  it('are named in one round: bad values, connection strings, and the rules between the others', () => {
    const problems = problemsOf({
      ServiceBusConnection: 'garbage',
      LockStorage: 'foo=bar',
      LOCK_TTL: 'x',
      COMPLETED_RETENTION: 'P1D',
    });
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual([
      'ServiceBusConnection',
      'LockStorage',
      'LOCK_TTL',
      'COMPLETED_RETENTION',
    ]);
  });

  it('are one for a setting that holds a secret, of which nothing else is said', () => {
    const { LockStorage, ServiceBusConnection } = connections;
    const name = 'ServiceBusConnection__fullyQualifiedNamespace';
    expect(problemsOf({ LockStorage, [name]: ServiceBusConnection })).toEqual([
      `${name} holds what looks like a key or a token, which is not shown. Set it to what it is for.`,
    ]);
  });

  it('stand one a line in the error, which shows neither a stack nor the list once more', () => {
    const error = new ConfigError(['A is wrong.', 'B is wrong.'], ['AA is not a setting.']);
    expect(inspect(error)).toBe(
      '[ConfigError: The settings cannot be used:\n- A is wrong.\n- B is wrong.\n- AA is not a setting.]',
    );
    expect(error.problems).toEqual(['A is wrong.', 'B is wrong.']);
  });

  it.each([
    ['FUNCTION_TIMEOUT', {}],
    ['FUNCTION_TIMEOUT', { ACTIVE_LOCK_WAIT: 'PT0S' }],
    ['ACTIVE_LOCK_WAIT', {}],
    ['ACTIVE_LOCK_WAIT', { FUNCTION_TIMEOUT: 'PT2M' }],
    ['LOCK_TTL', {}],
    ['LOCK_TTL', { ACTIVE_LOCK_WAIT: 'PT2M', MAX_DELIVERY_COUNT: '100' }],
    ['COMPLETED_RETENTION', {}],
    ['MESSAGE_TTL', {}],
    ['MAX_DELIVERY_COUNT', {}],
    ['SWEEP_INTERVAL', {}],
    ['MAX_ATTEMPTS', {}],
  ])('state limits that hold: those of %s beside %o', (name, others) => {
    const [problem = ''] = problemsOf({ ...connections, ...others, [name]: 'x' });
    const [, least = '', most = ''] = /from (\S+) to (\S+?)(?: beside the other settings)?\.$/.exec(problem) ?? [];
    for (const limit of [least, most]) {
      expect(problemsOf({ ...connections, ...others, [name]: limit }), `${problem} ${limit}`).toEqual([]);
    }
  });

  it('turn the sweep off by a word', () => {
    expect(readConfig({ ...connections, SWEEP_INTERVAL: 'off' }).sweepIntervalMs).toBeUndefined();
    expect(problemsOf({ ...connections, SWEEP_INTERVAL: 'never' })).toEqual([
      'SWEEP_INTERVAL is "never", but must be off, or an ISO 8601 duration of whole seconds, like PT10M, from PT1M to P1D.',
    ]);
  });

  it('say that a setting which can be turned off can be, beside its limits', () => {
    expect(problemsOf({ ...connections, ACTIVE_LOCK_WAIT: 'x' })).toEqual([
      'ACTIVE_LOCK_WAIT is "x", but must be PT0S, or an ISO 8601 duration, like PT45S, from PT42S to PT4M beside the other settings.',
    ]);
  });
});

describe('What looks like a misspelt setting', () => {
  it.each([
    ['LOCK_TLL', 'LOCK_TTL'],
    ['LOCKTTL', 'LOCK_TTL'],
    ['lock_ttl', 'LOCK_TTL'],
    ['QUEUENAME', 'QUEUE_NAME'],
    ['QUEUE_NAEM', 'QUEUE_NAME'],
    ['MAX_CONCURENT_CALL', 'MAX_CONCURRENT_CALLS'],
    ['LOCK_STORAGE', 'LockStorage'],
    ['ServiceBusConection', 'ServiceBusConnection'],
    ['EMULATOR_BLOBPORT', 'EMULATOR_BLOB_PORT'],
  ])('is a warning with the right name: %s', (name, meant) => {
    expect(readConfig({ ...connections, [name]: 'x' }).warnings).toEqual([
      `${name} is not a setting and has no effect. Is ${meant} meant?`,
    ]);
  });

  it('is named beside the problem that it makes', () => {
    const { LockStorage } = connections;
    expect(() => readConfig({ LockStorage, ServiceBusConection: 'x' })).toThrow(
      /not set.*Is ServiceBusConnection meant/s,
    );
  });

  it('is nothing that other programs have', () => {
    const others = [
      'PATH',
      'HOME',
      'HOSTNAME',
      'http_proxy',
      'no_proxy',
      'LANG',
      'TERM',
      'AzureWebJobsStorage',
      'PWD',
      'LOGNAME',
      'QUEUE',
    ];
    expect(
      readConfig({ ...connections, ...Object.fromEntries(others.map((name) => [name, 'http://x'])) }).warnings,
    ).toEqual([]);
  });
});

describe('A proxy', () => {
  const remote = {
    ...connections,
    LockStorage: 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=YQ==;EndpointSuffix=core.windows.net',
  };

  it.each(['HTTP_PROXY', 'https_proxy'])(
    'that cannot be used is named as what it is, without its value: %s',
    (name) => {
      const [problem, ...others] = problemsOf({ ...remote, [name]: 'someone:canary@proxy.example:3128' });
      expect(problem).toMatch(new RegExp(`^${name} is not a proxy's URL: .*with its scheme`));
      expect(problem).not.toContain('canary');
      expect(others).toEqual([]);
    },
  );

  it('that cannot be used is only a warning if the storage is on this machine', () => {
    expect(readConfig({ ...connections, HTTP_PROXY: 'proxy.example:3128' }).warnings).toEqual([
      expect.stringContaining('It is not used'),
    ]);
  });

  it('that can be used is taken', () => {
    expect(readConfig({ ...remote, HTTPS_PROXY: 'http://someone:secret@proxy.example:3128' }).warnings).toEqual([]);
  });
});

describe('A token for the page of operators', () => {
  it.each(['short', 'with blanks in it, and long', 'x'.repeat(201)])(
    'is refused without being shown: %s',
    (ADMIN_TOKEN) => {
      const read = () => readConfig({ ...connections, ADMIN_TOKEN });
      expect(read).toThrow('ADMIN_TOKEN, which is not shown, must be 16 to 200 letters');
      expect(read).not.toThrow(ADMIN_TOKEN);
    },
  );

  it('is taken as it is', () => {
    const ADMIN_TOKEN = 'correct-horse-battery-staple';
    expect(readConfig({ ...connections, ADMIN_TOKEN })).toMatchObject({ adminToken: ADMIN_TOKEN, adminApi: 'default' });
  });
});

describe('The table of settings in README', () => {
  it('names every setting, and no other', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const rows = readme.slice(readme.indexOf('## Settings')).match(/^\|[^|]+\|/gm) ?? [];
    const named = rows.flatMap((row) => [...row.matchAll(/`([A-Za-z_]+)`/g)].map(([, name = '']) => name));
    const listed = settingNames.filter((name) => !/__(clientId|credential)$/.test(name));
    expect([...named].sort()).toEqual([...listed].sort());
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
    expect(() => readConfig({ LockStorage, ServiceBusConnection, QUEUE_NAME: 'orders' })).not.toThrow();
  });

  it.each([
    ['nonsense', 'its member 1 has no name and "="'],
    ['foo=bar', 'it has no "Endpoint=sb://…"'],
    [`${endpoint};SharedAccessKeyName=x;SharedAccessKey=y;UseDevelopmentEmulator=True`, 'must be "true"'],
    ['Endpoint=https://orders.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=y', 'no "Endpoint=sb://…"'],
    [endpoint, 'it has neither "SharedAccessKeyName=…" and'],
    [`${endpoint};SharedAccessKeyName=x`, 'it has neither "SharedAccessKeyName=…" and'],
    [`${endpoint};SharedAccessKey=x`, 'it has neither "SharedAccessKeyName=…" and'],
  ])('is refused at the start: %s', (ServiceBusConnection, words) => {
    const [problem, ...others] = problemsOf({ LockStorage, ServiceBusConnection });
    expect(problem).toMatch(/^ServiceBusConnection is not a valid connection string: /);
    expect(problem).toContain(words);
    expect(others).toEqual([]);
  });
});
