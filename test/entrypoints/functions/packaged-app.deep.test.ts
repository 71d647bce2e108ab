import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventDocument } from '../../../src/adapters/cloud-events/event-document.ts';
import { deployedSettings } from '../../infra/deployed-settings.ts';
import { deployment, deployments } from '../../infra/deployment.ts';
import { LoadedApp } from '../../support/functions/loaded-app.ts';
import { type PackagedApp, packageApp } from '../../support/functions/packaged-app.ts';
import type { BrokerMessage } from '../../support/functions/trigger-input.ts';
import { StandInBlobService } from '../../support/stand-in-blob-service.ts';
import { StandInIdentityEndpoint } from '../../support/stand-in-identity-endpoint.ts';

let packaged: PackagedApp;
let entry: string;

beforeAll(async () => {
  packaged = await packageApp();
  entry = JSON.parse(readFileSync(join(packaged.folder, 'package.json'), 'utf8')).main;
});
afterAll(() => packaged?.remove());

const connections = {
  ServiceBusConnection:
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;',
  LockStorage: 'UseDevelopmentStorage=true',
};

/** Ended when the test is over. */
async function load(settings: Readonly<Record<string, string>>): Promise<LoadedApp> {
  const app = await LoadedApp.load(packaged.folder, entry, settings);
  onTestFinished(async () => void (await app.terminate()));
  return app;
}

describe('The folder that is deployed', () => {
  it('holds what the host needs, and no packages, sources or settings', () => {
    expect(readdirSync(packaged.folder).sort()).toEqual(['dist', 'host.json', 'package.json']);
    expect(readdirSync(join(packaged.folder, 'dist'))).toEqual(['functions']);
    const manifest = JSON.parse(readFileSync(join(packaged.folder, 'package.json'), 'utf8'));
    expect(Object.keys(manifest).sort()).toEqual(['main', 'name', 'private', 'type', 'version']);
  });

  it('has at most 7 MB', () => {
    expect(Number(/([\d.]+) MB/.exec(packaged.output)?.[1])).toBeLessThanOrEqual(7);
  });
});

describe('The Function App', () => {
  let app: LoadedApp;
  beforeAll(async () => {
    app = await LoadedApp.load(packaged.folder, entry, connections);
  });
  afterAll(() => app?.terminate());

  it('registers each function, and its end', () => {
    expect(app.error).toBeUndefined();
    expect(app.hooks).toEqual(['appStart', 'appTerminate']);
    expect(app.trigger('submitMessage')).toMatchObject({
      type: 'httpTrigger',
      methods: expect.arrayContaining(['POST', 'OPTIONS', 'PUT']),
      route: 'messages',
      authLevel: 'function',
    });
    expect(app.trigger('getMessageStatus')).toMatchObject({
      type: 'httpTrigger',
      methods: expect.arrayContaining(['GET', 'HEAD', 'OPTIONS', 'PUT']),
      route: 'messages/{messageId}',
      authLevel: 'function',
    });
    const reads = { type: 'httpTrigger', methods: expect.arrayContaining(['GET', 'HEAD', 'OPTIONS', 'PUT']) };
    expect(app.trigger('checkHealth')).toMatchObject({ ...reads, route: 'health', authLevel: 'function' });
    expect(app.trigger('checkLiveness')).toMatchObject({ ...reads, route: 'health/live', authLevel: 'anonymous' });
    expect(app.trigger('getOpenApi')).toMatchObject({ ...reads, route: 'openapi.json', authLevel: 'anonymous' });
    expect(app.trigger('processMessage')).toMatchObject({
      type: 'serviceBusTrigger',
      connection: 'ServiceBusConnection',
      queueName: 'messages',
      cardinality: 'one',
      isSessionsEnabled: false,
      autoCompleteMessages: true,
      dataType: 'binary',
    });
    expect(app.trigger('sweepLocks')).toMatchObject({ type: 'timerTrigger', schedule: '0 */10 * * * *' });
  });

  it('has names and routes that a host accepts, and no retry policy', () => {
    for (const { name, bindings, retryOptions } of app.functions) {
      expect(name).toMatch(/^[a-z][a-z0-9_-]{0,127}$/i);
      expect(retryOptions).toBeUndefined();
      for (const { route = 'none' } of Object.values(bindings)) expect(route).not.toMatch(/^(admin|runtime)/i);
    }
  });

  it('serves the queue that is set', async () => {
    const app = await load({ ...connections, QUEUE_NAME: 'orders' });
    expect(app.trigger('processMessage')).toMatchObject({ queueName: 'orders' });
  });

  it('sweeps on its timer, but not in the first minutes of an app', async () => {
    const blobs = await new StandInBlobService().start();
    onTestFinished(() => blobs.close());
    const app = await load({ ...connections, LockStorage: blobs.connectionString });
    for (const _run of ['first', 'second']) {
      const { error, logs } = await app.tick('sweepLocks');
      expect(error).toBeUndefined();
      expect(logs.map(({ message }) => JSON.parse(message))).toEqual([
        expect.objectContaining({ event: 'sweep', kind: 'too-early' }),
      ]);
    }
    expect([...blobs.blobs.keys()]).toEqual(['locks/messages/layout.json', 'locks/messages/sweep.json']);
  });

  it('has no timer if the sweep is turned off', async () => {
    const app = await load({ ...connections, SWEEP_INTERVAL: 'off' });
    expect(app.error).toBeUndefined();
    expect(app.functions.map(({ name }) => name)).not.toContain('sweepLocks');
  });

  it('shows operators a page with ADMIN_API=on alone, to those who have the admin key, with all that belongs to it', async () => {
    const blobs = await new StandInBlobService().start();
    onTestFinished(() => blobs.close());
    const settings = { ...connections, LockStorage: blobs.connectionString, ADMIN_API: 'on' };
    const paged = await load(settings);
    expect(app.functions.map(({ name }) => name)).not.toContain('operate');
    expect(paged.trigger('operate')).toMatchObject({ route: 'operate/{*path}', authLevel: 'admin' });
    const get = (path: string) =>
      paged.request('operate', `https://example.azurewebsites.net${path}`, { method: 'GET' });
    const page = await get('/api/operate/?code=key');
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<h2>Now</h2>')]);
    // The broker of these settings does not answer.
    expect(page.body).toContain('data-poll="10"');
    const linked = [...page.body.matchAll(/(?:href|src)="([^"]+(?:css|js)[^"]*)"/g)].map(([, path = '']) => path);
    expect(linked).toEqual(['/api/operate/page.css?code=key', '/api/operate/live.js?code=key']);
    for (const path of linked) expect((await get(path)).body.length).toBeGreaterThan(1000);
    expect((await get('/api/operate')).status).toBe(200);
  });

  it('registers everything and then fails, with every problem, when its settings are refused', async () => {
    const app = await load({ LOCK_TTL: '30s', AzureFunctionsJobHost__functionTimeout: '00:00:50' });
    expect(app.functions.map(({ name }) => name)).toEqual([
      'submitMessage',
      'getMessageStatus',
      'checkHealth',
      'checkLiveness',
      'getOpenApi',
      'processMessage',
      'sweepLocks',
    ]);
    expect(app.error).toMatch(/^ConfigError: /);
    for (const setting of ['ServiceBusConnection', 'LockStorage', 'LOCK_TTL']) expect(app.error).toContain(setting);
    const { error } = await app.deliver({ body: Buffer.from('{}'), messageId: 'm1' });
    expect(error).toBe(app.error);
  });

  it('names the setting of a connection string that is none', async () => {
    const app = await load({ ...connections, ServiceBusConnection: 'nonsense' });
    expect(app.error).toContain('ServiceBusConnection is not a valid connection string: ');
    expect(app.functions).toHaveLength(7);
  });

  it('proves the time out of its host with its own settings', async () => {
    const app = await load({ ...connections, AzureFunctionsJobHost__functionTimeout: '00:10:00' });
    expect(app.error).toContain('maxAutoLockRenewalDuration in host.json is "00:06:00", but must be at least 660 s');
    expect(app.error).toContain('functionTimeout of host.json 600 s');
  });
});

describe('The Function App as an identity', () => {
  const identity = {
    ServiceBusConnection__fullyQualifiedNamespace: 'orders.servicebus.windows.net',
    ServiceBusConnection__credential: 'managedidentity',
    LockStorage__blobServiceUri: 'https://127.0.0.1:1',
    LockStorage__credential: 'managedidentity',
  };

  it('asks for a token of the storage account once, with what is deployed', async () => {
    const endpoint = await new StandInIdentityEndpoint().start();
    onTestFinished(() => endpoint.close());
    const app = await load({ ...identity, ...endpoint.environment });
    expect(app.error).toBeUndefined();
    const url = 'https://example.azurewebsites.net/api/messages/order-1';
    expect((await app.request('getMessageStatus', url, { method: 'GET' })).status).toBe(503); // nobody is there
    expect(endpoint.requests).toEqual([{ resource: 'https://storage.azure.com', clientId: null }]);
  });

  it.each(deployments)('starts with the settings that a deployment gives it: "%s"', async (name) => {
    const settings = deployedSettings(deployment(name));
    const app = await load(settings);
    expect(app.error).toBeUndefined();
    expect(app.trigger('processMessage')).toMatchObject({ queueName: settings['QUEUE_NAME'] });
  });

  it.each([
    ['gives tokens', /ManagedIdentityCredential ?= ?class/],
    ["is the storage account's SDK", /ContainerClient ?= ?class/],
    ['sends requests to it', /createEmptyPipeline/],
    ['is the SDK of Service Bus', /ServiceBusClient ?= ?class/],
  ])('loads what %s only then', (_, definition) => {
    const folder = join(packaged.folder, 'dist/functions');
    const code = (path: string) => readFileSync(join(folder, path), 'utf8');
    const atStart = new Set(['main.js']);
    for (const path of atStart) {
      for (const [, chunk] of code(path).matchAll(/(?:from|import) ?["']\.\/(?:chunks\/)?([^"']+)["']/g))
        atStart.add(`chunks/${chunk}`);
    }
    expect([...atStart].filter((path) => definition.test(code(path)))).toEqual([]);
    const parts = readdirSync(join(folder, 'chunks')).filter((name) => name.endsWith('.js'));
    expect(parts.filter((name) => definition.test(code(`chunks/${name}`)))).not.toEqual([]);
  });
});

describe('A delivery to the Function App', () => {
  let storage: StandInBlobService;
  let app: LoadedApp;

  beforeAll(async () => {
    storage = await new StandInBlobService().start();
    app = await LoadedApp.load(packaged.folder, entry, { ...connections, LockStorage: storage.connectionString });
  });
  afterAll(async () => {
    await app?.terminate();
    storage?.close();
  });

  const event = (id: string, data: unknown = { n: 1 }) =>
    Buffer.from(JSON.stringify({ specversion: '1.0', id, source: '/shop', type: 'order.placed', data }));

  const lockOf = (name: string) => storage.blobs.get(`locks/messages/lock-${name}.lock`);
  const archived = (name: string) => storage.blobs.get(`processed/messages/${name}`);

  /** An event of another producer has its source in the names. */
  const ofShop = (id: string) => `~2Fshop~~${id}`;

  it.each<[string, BrokerMessage, string]>([
    ['an event', { body: event('order-1'), messageId: 'order-1' }, 'order-1'],
    ['an event whose broker ID is another', { body: event('order-2'), messageId: 'x' }, 'order-2'],
    ['an event without a broker ID', { body: event('order-3') }, 'order-3'],
    [
      'an event with an ID of digits that no number can hold',
      { body: event('12345678901234567890') },
      '12345678901234567890',
    ],
    ['an event with the ID 1.0', { body: event('1.0') }, '1.0'],
    ['an event with the ID 1', { body: event('1') }, '1'],
    ['an event with the ID true', { body: event('true') }, 'true'],
  ])('is processed under the ID of %s', async (_what, message, id) => {
    const { error } = await app.deliver(message);
    expect(error).toBeUndefined();
    const lock = JSON.parse(lockOf(ofShop(id))?.content.toString() ?? 'null');
    expect(lock).toMatchObject({ messageId: id, source: '/shop', state: 'completed' });
    expect(archived(ofShop(id))).toBeDefined();
  });

  it.each<[string, BrokerMessage, string]>([
    ['a JSON body under a plain ID', { body: Buffer.from('{"n":1}'), messageId: 'plain-1' }, 'plain-1'],
    ['a JSON body under an ID of digits', { body: Buffer.from('{"n":1}'), messageId: '123' }, '123'],
    ['a JSON body under an ID of zeros', { body: Buffer.from('{"n":1}'), messageId: '007' }, '007'],
    ['a text body', { body: Buffer.from('hello'), messageId: 'text-1' }, 'text-1'],
    ['a binary body', { body: Buffer.from([0xff, 0xfe, 0x00]), messageId: 'binary-1' }, 'binary-1'],
    ['an empty body', { body: Buffer.alloc(0), messageId: 'empty-1' }, 'empty-1'],
    ['a body with a member messageId', { body: Buffer.from('{"messageId":"other"}'), messageId: 'own-1' }, 'own-1'],
    ['an ID of twenty digits', { body: Buffer.from('1'), messageId: '12345678901234567890' }, '12345678901234567890'],
    ['the next one', { body: Buffer.from('1'), messageId: '12345678901234567891' }, '12345678901234567891'],
    ['an ID that is true', { body: Buffer.from('1'), messageId: 'true' }, 'true'],
    ['an ID that is null', { body: Buffer.from('1'), messageId: 'null' }, 'null'],
    ['an ID that is a fraction', { body: Buffer.from('1'), messageId: '1e-2' }, '1e-2'],
    ['an ID that is an object', { body: Buffer.from('1'), messageId: '{"a":1}' }, '~7B~22a~22~3A1~7D'],
    [
      'a UUID',
      { body: Buffer.from('1'), messageId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
      '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    ],
  ])('that is a plain message is processed under %s', async (_what, message, name) => {
    const { error } = await app.deliver(message);
    expect(error).toBeUndefined();
    const lock = JSON.parse(lockOf(name)?.content.toString() ?? 'null');
    expect(lock).toMatchObject({ messageId: message.messageId, state: 'completed' });
    expect(archived(name)).toBeDefined();
  });

  it('of an ID that is written like another one has a lock of its own', async () => {
    const families = [
      ['77', '77.0', ' 77', '7.7e1', '77 ', '+77'],
      ['35732122e2', '3573212200'],
      ['abc', '"abc"', 'ABC', String.raw`a\u0062c`],
      ['-0', '0', '0.0'],
    ];
    for (const id of families.flat()) {
      const before = storage.blobs.size;
      const { error } = await app.deliver({ body: Buffer.from(JSON.stringify({ of: id })), messageId: id });
      expect(error, id).toBeUndefined();
      expect(storage.blobs.size, id).toBe(before + 2); // its lock, and what the work has stored
    }
  });

  it('of an event in binary mode, or from another source, has a lock of its own', async () => {
    const event = (source: string, prefix = 'cloudEvents:'): BrokerMessage => ({
      body: Buffer.from('{"n":1}'),
      messageId: 'broker-1',
      contentType: 'application/json',
      applicationProperties: Object.fromEntries(
        Object.entries({ specversion: '1.0', id: 'binary-mode', source, type: 'order.placed' }).map(([name, value]) => [
          `${prefix}${name}`,
          value,
        ]),
      ),
    });
    for (const message of [event('/shop-a'), event('/shop-b'), event('/shop-a', 'cloudEvents_')]) {
      expect((await app.deliver(message)).error).toBeUndefined();
    }
    for (const source of ['~2Fshop-a', '~2Fshop-b']) expect(lockOf(`${source}~~binary-mode`)).toBeDefined();
    expect(lockOf('broker-1')).toBeUndefined();
  });

  it('of JSON that a value would not hold stores it byte for byte, and takes other digits for other content', async () => {
    const body = (digits: string) => Buffer.from(`{"order":${digits}}`);
    expect((await app.deliver({ body: body('12345678901234567890'), messageId: 'digits-1' })).error).toBeUndefined();
    expect(archived('digits-1')?.content.toString()).toBe('{"order":12345678901234567890}');
    const { error } = await app.deliver({ body: body('12345678901234567891'), messageId: 'digits-1' });
    expect(error).toMatch(/^MessageMismatchError/);
  });

  it('keeps a binary body byte for byte', () => {
    expect(archived('binary-1')?.content).toEqual(Buffer.from([0xff, 0xfe, 0x00]));
  });

  it.each<[string, BrokerMessage, advice: string]>([
    ['no ID', { body: Buffer.from('{"n":1}') }, 'Set the Service Bus message ID'],
    ['an empty ID', { body: Buffer.from('{"n":1}'), messageId: '' }, 'Set the Service Bus message ID'],
    [
      'an ID over 128 units',
      { body: Buffer.from('{"n":1}'), messageId: 'x'.repeat(129) },
      'Set the Service Bus message ID',
    ],
    ['a batch of events', { body: Buffer.from(`[${event('a')}]`), messageId: 'batch' }, 'send each event by itself'],
    [
      'a content type that promises an event',
      { body: Buffer.from('{}'), messageId: 'a', contentType: 'application/cloudevents+json' },
      'Correct the event',
    ],
    [
      'an event without an ID',
      { body: Buffer.from('{"specversion":"1.0","source":"/","type":"t"}'), messageId: 'b' },
      'Correct the event',
    ],
  ])(
    'is refused in words, and leaves no lock, with advice that fits, for a message with %s',
    async (_what, message, advice) => {
      const before = storage.blobs.size;
      for (const dataType of ['binary', 'string'] as const) {
        const { error, logs } = await app.deliver(message, dataType);
        expect(error).toMatch(/^UnusableMessageError: /);
        expect(error).toContain(advice);
        expect(logs).toContainEqual(expect.objectContaining({ level: 'warning', category: 'user' }));
      }
      expect(storage.blobs.size).toBe(before);
    },
  );

  it('whose body the host has read as text is refused if a member may have replaced its ID', async () => {
    const message = { body: Buffer.from('{"MessageId":"order-1"}'), messageId: 'own' };
    const { error } = await app.deliver(message, 'string');
    expect(error).toMatch(/^UnusableMessageError: The message ID was replaced by a member of the body/);
  });

  it('on a worker that does not show IDs as they were sent takes texts, and refuses what was read as JSON, in words', async () => {
    const settings = { ...connections, LockStorage: storage.connectionString, TEST_WITHOUT_PROGRAMMING_MODEL: '1' };
    const old = await load(settings);
    const { error, logs } = await old.deliver({ body: Buffer.from('1'), messageId: 'text-on-old-worker' });
    expect(error).toBeUndefined();
    expect(lockOf('text-on-old-worker')).toBeDefined();
    expect(logs.map(({ message }) => JSON.parse(message).event)).toContain('no-exact-message-ids');
    for (const messageId of ['77', '77.0', 'true', '{"a":1}']) {
      const { error } = await old.deliver({ body: Buffer.from('1'), messageId });
      expect(error).toMatch(/^UnusableMessageError: The message ID was read as JSON by this host/);
    }
  });

  it('has the ID of its event, whatever its members replaced in a host that reads bodies as text', async () => {
    const replacing = { messageId: 'order-1', DeliveryCount: 99, sequenceNumber: 7, expiresAt: '2001-01-01T00:00:00Z' };
    const body = Buffer.from(JSON.stringify({ ...JSON.parse(event('chosen-1').toString()), ...replacing }));
    expect((await app.deliver({ body, messageId: 'own' }, 'string')).error).toBeUndefined();
    const lock = JSON.parse(lockOf(ofShop('chosen-1'))?.content.toString() ?? 'null');
    expect(lock).toMatchObject({ messageId: 'chosen-1', state: 'completed', physical: { sequenceNumber: '' } });
  });

  it('reads a time without a zone as UTC', () => {
    const lock = JSON.parse(lockOf(ofShop('order-1'))?.content.toString() ?? 'null');
    expect(lock.physical).toEqual({ sequenceNumber: '41', enqueuedTime: '2026-11-22T06:20:07.834Z' });
  });

  it('logs one JSON object a line, through its context', async () => {
    const { logs } = await app.deliver({ body: event('logged-1') });
    const events = logs.map(({ level, message }) => ({ level, event: JSON.parse(message).event }));
    expect(events).toEqual([
      { level: 'information', event: 'created' },
      { level: 'information', event: 'completed' },
    ]);
  });

  it('of work that is done is skipped', async () => {
    const message = { body: event('twice-1') };
    await app.deliver(message);
    const { error, logs } = await app.deliver({ ...message, deliveryCount: 2 });
    expect(error).toBeUndefined();
    expect(logs.map(({ message }) => JSON.parse(message).event)).toEqual(['skipped']);
  });

  it('is processed once per scope: a slot of the same scope skips it, one of another does the work itself', async () => {
    const message = { body: event('slots-1') };
    await app.deliver(message);
    const eventIn = async (scope: string) => {
      const slot = await load({ ...connections, LockStorage: storage.connectionString, LOCK_SCOPE: scope });
      const { error, logs } = await slot.deliver(message);
      expect(error).toBeUndefined();
      return JSON.parse(logs[0]?.message ?? '{}').event;
    };
    expect(await eventIn('messages')).toBe('skipped');
    expect(await eventIn('staging')).toBe('created');
  });

  it('of other content under the same ID fails', async () => {
    await app.deliver({ body: event('same-1') });
    const { error } = await app.deliver({ body: event('same-1', { n: 2 }) });
    expect(error).toMatch(
      /^MessageMismatchError: The message ID same-1 of source \/shop belongs to a message with other content/,
    );
  });
});

describe('A host that stops', () => {
  it('lets what is at work give up its lock', async () => {
    const storage = await new StandInBlobService().start();
    onTestFinished(() => storage.close());
    const app = await load({ ...connections, LockStorage: storage.connectionString, MESSAGE_HANDLER: 'scripted' });
    const script = { steps: [{ name: 'slow', ms: 60_000 }] };
    const data = { specversion: '1.0', id: 'slow-1', source: '/', type: 't', data: script };
    const ending = app.deliver({ body: Buffer.from(JSON.stringify(data)) });
    const lock = () =>
      JSON.parse(storage.blobs.get('locks/messages/lock-~2F~~slow-1.lock')?.content.toString() ?? '{}');
    await expect.poll(() => storage.blobs.has('effects/messages/lock-~2F~~slow-1.lock.jsonl')).toBe(true);
    expect(await app.terminate()).toBe(0);
    await ending.catch(() => undefined);
    expect(lock()).toMatchObject({ state: 'released', failures: 0 });
  });
});

describe('A message over HTTP', () => {
  it('goes to the queue as an event, from there through the trigger, and its status can be read', async () => {
    const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: 'messages' }] } });
    const storage = await new StandInBlobService().start();
    onTestFinished(async () => {
      storage.close();
      await emulator.close();
    });
    const app = await load({ ServiceBusConnection: emulator.connectionString, LockStorage: storage.connectionString });
    const origin = 'https://example.azurewebsites.net';

    const submitted = await app.request('submitMessage', `${origin}/api/messages?code=key`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'order 1' },
      body: '{"amount":1.5}',
    });
    expect(submitted.status).toBe(400); // a bare key has no spaces

    const accepted = await app.request('submitMessage', `${origin}/api/messages?code=key`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': '"order 1"' },
      body: '{"amount":1.5}',
    });
    expect(accepted.status).toBe(202);
    const { messageId, links } = JSON.parse(accepted.body);
    expect(messageId).toBe('order 1');
    expect(accepted.headers['location']).toBe(links.status);
    expect(emulator.inspect('messages')).toMatchObject({ active: [{ messageId: 'order 1' }] });

    const unknown = await app.request('getMessageStatus', origin + links.status, { method: 'GET' });
    expect(unknown.status).toBe(404);

    const content = { kind: 'json', value: { amount: 1.5 } } as const;
    const body = Buffer.from(
      eventDocument({ id: messageId, source: '/api/messages', type: 't', contentType: 'application/json', content }),
    );
    expect((await app.deliver({ body, messageId })).error).toBeUndefined();
    const status = await app.request('getMessageStatus', origin + links.status, { method: 'GET' });
    expect(status.status).toBe(200);
    expect(JSON.parse(status.body)).toMatchObject({ messageId: 'order 1', status: 'completed' });
    const head = await app.request('getMessageStatus', origin + links.status, { method: 'HEAD' });
    expect(head.status).toBe(200);
    const known = { 'if-none-match': status.headers['etag'] };
    const unchanged = await app.request('getMessageStatus', origin + links.status, { method: 'GET', headers: known });
    expect(unchanged).toMatchObject({ status: 304, body: '' });
    expect((await app.request('checkLiveness', `${origin}/api/health/live`, { method: 'GET' })).status).toBe(200);
    expect((await app.request('checkHealth', `${origin}/api/health`, { method: 'GET' })).status).toBe(200);
  });
});
