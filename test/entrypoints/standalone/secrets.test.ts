import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../../src/adapters/azure-blob/create-containers.ts';
import { settingNames } from '../../../src/adapters/environment/setting-names.ts';
import { jsonLines } from '../../../src/adapters/telemetry/json-lines.ts';
import { prettyLines } from '../../../src/adapters/telemetry/pretty-lines.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { startAzurite } from '../../../src/entrypoints/local/azurite/start-azurite.ts';
import { readLocalSettings } from '../../../src/entrypoints/local/local-settings.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { freePort } from '../../support/ports.ts';

/** What must not be seen anywhere: as it is, in Base64, and as it stands in a URL. */
const canary = 'c4naryKEY/9fQ+zX7secretPartOfAKey==';
const base64 = Buffer.from(canary).toString('base64');
const shapes = [canary, canary.slice(0, -2), encodeURIComponent(canary), base64, base64.slice(0, 20), 'c4naryKEY'];

function expectNoCanary(text: string): void {
  for (const shape of shapes) if (text.includes(shape)) throw new Error(`There is ${shape} in:\n${text}`);
}

const good = {
  ServiceBusConnection: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true',
  LockStorage: 'UseDevelopmentStorage=true',
};

/** Where people paste a secret by mistake, and in which form. */
const misplaced = [
  canary,
  `Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${canary}`,
  `DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=${canary}`,
  `https://orders.blob.core.windows.net/?sv=2024-11-04&sig=${encodeURIComponent(canary)}`,
  `https://someone:${encodeURIComponent(canary)}@orders.blob.core.windows.net`,
  `SharedAccessSignature sr=x&sig=${encodeURIComponent(canary)}&se=1&skn=Root`,
];

/** All that readers of settings say of them. */
function said(environment: Readonly<Record<string, string>>): string {
  const texts: unknown[] = [];
  for (const read of [readConfig, readLocalSettings]) {
    try {
      const settings = read(environment);
      texts.push('warnings' in settings ? settings.warnings : []);
    } catch (error) {
      texts.push(inspect(error), error instanceof Error ? [error.message, error.stack] : [], JSON.stringify(error));
    }
  }
  return inspect(texts, { depth: 9 });
}

describe('No secret is shown', () => {
  it.each(settingNames)('that was put into the setting %s', (name) => {
    for (const value of misplaced) {
      const others = name.startsWith('ServiceBusConnection__')
        ? { LockStorage: good.LockStorage }
        : name.startsWith('LockStorage__')
          ? { ServiceBusConnection: good.ServiceBusConnection }
          : good;
      const address = {
        ...(name.startsWith('ServiceBusConnection__') && {
          ServiceBusConnection__fullyQualifiedNamespace: 'orders.servicebus.windows.net',
        }),
        ...(name.startsWith('LockStorage__') && {
          LockStorage__blobServiceUri: 'https://orders.blob.core.windows.net',
        }),
      };
      expectNoCanary(said({ ...others, ...address, [name]: value }));
      // A bad setting beside it makes everything a problem.
      expectNoCanary(said({ ...others, ...address, [name]: value, LOCK_TTL: 'x', PORT: 'x', [`${name}S`]: value }));
    }
  });

  const serviceBus = [
    'Endpoint',
    'SharedAccessKeyName',
    'SharedAccessKey',
    'SharedAccessSignature',
    'EntityPath',
    'UseDevelopmentEmulator',
  ];
  const storage = [
    'DefaultEndpointsProtocol',
    'AccountName',
    'AccountKey',
    'BlobEndpoint',
    'EndpointSuffix',
    'SharedAccessSignature',
  ];

  it.each([
    ...serviceBus.map((member) => ['ServiceBusConnection', member] as const),
    ...storage.map((member) => ['LockStorage', member] as const),
  ])('that is part of %s, whatever its member %s is', (name, member) => {
    for (const value of misplaced) {
      const alone = { ...good, [name]: `${member}=${value}` };
      const beside = { ...good, [name]: `${good[name]};${member}=${value}` };
      for (const environment of [alone, beside]) expectNoCanary(said({ ...environment, LOCK_TTL: 'x' }));
    }
  });
});

/** Runs a program to its end: what it wrote on both streams. */
async function outputOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const child = spawn(process.execPath, [...args], { cwd: root, env: { PATH: process.env['PATH'], ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const keep = (text: unknown) => {
    output += text;
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', keep);
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

const bySas = async () =>
  `BlobEndpoint=http://127.0.0.1:${await freePort()}/a;SharedAccessSignature=sv=2024-11-04&ss=b&sig=${encodeURIComponent(canary)}`;
const byKey = async () =>
  `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${base64};BlobEndpoint=http://127.0.0.1:${await freePort()}/a`;

describe('A program that cannot start shows no secret', () => {
  it.each([
    ['whose storage cannot be reached by a signature', async () => ({ LockStorage: await bySas() })],
    ['whose storage cannot be reached by a key', async () => ({ LockStorage: await byKey() })],
    [
      'with connection strings in the wrong settings',
      async () => ({ QUEUE_NAME: misplaced[1], HOST: misplaced[3], EVENT_SOURCE: misplaced[2] }),
    ],
    [
      'with a proxy that needs a password',
      async () => ({
        LockStorage: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${base64};BlobEndpoint=http://storage.example/a`,
        HTTP_PROXY: `http://someone:${encodeURIComponent(canary)}@127.0.0.1:${await freePort()}`,
      }),
    ],
  ])('%s', async (_what, settings) => {
    const env = { ...good, PORT: '0', STARTUP_TIMEOUT: 'PT1S', ...(await settings()) } as Record<string, string>;
    const embedded = "import('./src/entrypoints/standalone/index.ts').then(({ startHost }) => startHost());";
    const outputs = await Promise.all([
      outputOf(['src/entrypoints/standalone/main.ts'], env),
      outputOf(['src/entrypoints/standalone/main.ts'], { ...env, LOG_FORMAT: 'pretty', LOG_LEVEL: 'debug' }),
      // Its rejection is printed by Node, with all that hangs on the error.
      outputOf(['--eval', embedded], env),
    ]);
    for (const output of outputs) {
      expect(output).not.toBe('');
      expectNoCanary(output);
    }
  });
});

describe('A running host shows no secret', () => {
  it('in its log, its problems and its statuses, when store and queue fail it and a handler tells what it knows', async () => {
    const queue = `q-${randomUUID()}`;
    const azurite = await startAzurite({ port: 0, account: { name: 'canary', key: base64 } });
    onTestFinished(() => azurite.stop());
    const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: queue }] } });
    onTestFinished(() => emulator.close());
    await createContainers(blobServiceFromConnectionString(azurite.connectionString), ['locks']);
    const ServiceBusConnection = emulator.connectionString.replace(
      /SharedAccessKey=[^;]+/,
      `SharedAccessKey=${canary}`,
    );
    const shown: string[] = [];
    const paint = (_part: unknown, text: string) => text;
    const timestamp = () => new Date().toISOString();
    const json = jsonLines((line) => shown.push(line), timestamp);
    const pretty = prettyLines((line) => shown.push(line), { timestamp, paint });
    const host = await startStandaloneHost(
      readConfig({
        ServiceBusConnection,
        LockStorage: azurite.connectionString,
        QUEUE_NAME: queue,
        PORT: '0',
        MAX_ATTEMPTS: '1',
        LOG_LEVEL: 'debug',
      }),
      (...line) => {
        json(...line);
        pretty(...line);
      },
      {
        handler: async () => {
          const cause = new Error(`AccountKey=${base64}`);
          throw Object.assign(new Error(`No access by ${ServiceBusConnection}`, { cause }), {
            connection: ServiceBusConnection,
          });
        },
      },
    );
    onTestFinished(() => host.stop());
    const ask = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${host.address}${path}`, init);
      shown.push(JSON.stringify([...response.headers]), await response.clone().text());
      return response;
    };
    const post = (id: string) =>
      ask('/api/messages', { method: 'POST', headers: { 'idempotency-key': id }, body: 'x' });
    expect((await post('m-1')).status).toBe(202);
    await expect.poll(async () => (await ask('/api/messages/m-1')).json()).toMatchObject({ status: 'failed' });
    await expect.poll(() => emulator.inspect(queue).deadLettered).toHaveLength(1);
    shown.push(inspect(emulator.inspect(queue), { depth: 9 }));

    await Promise.all([azurite.stop(), emulator.close()]);
    expect((await post('m-2')).status).toBe(503);
    expect((await ask('/api/messages/m-1')).status).toBe(503);
    expect((await ask('/api/health')).status).toBe(503);
    expect(shown.join('\n')).toContain('No access by');
    expectNoCanary(shown.join('\n'));
  });
});
