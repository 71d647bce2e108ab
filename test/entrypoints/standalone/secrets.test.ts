import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../../src/adapters/azure-blob/create-containers.ts';
import { startAzurite } from '../../../src/adapters/azurite/start-azurite.ts';
import { settingNames } from '../../../src/adapters/environment/setting-names.ts';
import { jsonLines } from '../../../src/adapters/telemetry/json-lines.ts';
import type { Log } from '../../../src/adapters/telemetry/log.ts';
import { prettyLines } from '../../../src/adapters/telemetry/pretty-lines.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { readLocalSettings } from '../../../src/entrypoints/local/local-settings.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { timeLimits } from '../../support/time-limits.ts';
import { base64, canary, cannotStart, expectNoCanary, good, misplaced } from './canary.ts';

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

afterEach(() => void vi.unstubAllEnvs());

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

/** A log that keeps its lines in both formats. */
function allThatIsLogged(): { readonly shown: string[]; readonly log: Log } {
  const shown: string[] = [];
  const paint = (_part: unknown, text: string) => text;
  const timestamp = () => new Date().toISOString();
  const json = jsonLines((line) => shown.push(line), timestamp);
  const pretty = prettyLines((line) => shown.push(line), { timestamp, paint });
  const log: Log = (...line) => {
    json(...line);
    pretty(...line);
  };
  return { shown, log };
}

describe('A host that cannot start shows no secret', () => {
  it.each(cannotStart)('%s', async (_what, settings) => {
    const { shown, log } = allThatIsLogged();
    const start = async () => {
      const bad = await settings();
      // Where connections look for a proxy.
      vi.stubEnv('HTTP_PROXY', bad['HTTP_PROXY']);
      const env = { ...good, PORT: '0', STARTUP_TIMEOUT: 'PT1S', ...bad };
      return startStandaloneHost(readConfig(env), log);
    };
    const error: unknown = await start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expectNoCanary([...shown, inspect(error, { depth: 9, showHidden: true }), String(error)].join('\n'));
  });
});

describe('A running host shows no secret', () => {
  it('in its log, its problems and its statuses, when store and queue fail it and a handler tells what it knows', async () => {
    const queue = `q-${randomUUID()}`;
    const azurite = await startAzurite({
      port: 0,
      startTimeoutMs: timeLimits.waitMs,
      account: { name: 'canary', key: base64 },
    });
    onTestFinished(() => azurite.stop());
    const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: queue }] } });
    onTestFinished(() => emulator.close());
    await createContainers(blobServiceFromConnectionString(azurite.connectionString), ['locks']);
    const ServiceBusConnection = emulator.connectionString.replace(
      /SharedAccessKey=[^;]+/,
      `SharedAccessKey=${canary}`,
    );
    const { shown, log } = allThatIsLogged();
    const host = await startStandaloneHost(
      readConfig({
        ServiceBusConnection,
        LockStorage: azurite.connectionString,
        QUEUE_NAME: queue,
        PORT: '0',
        MAX_ATTEMPTS: '1',
        LOG_LEVEL: 'debug',
      }),
      log,
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
