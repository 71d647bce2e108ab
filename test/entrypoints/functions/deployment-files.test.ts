import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HostJson } from '../../../src/adapters/azure-functions/host-json.ts';
import { proveHost } from '../../../src/adapters/azure-functions/host-proof.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

describe('host.json', () => {
  it('keeps every rule of the start-up proof, with the default settings', () => {
    const { functionTimeoutMs, ...proof } = proveHost(HostJson.read('.', {}));
    expect(proof).toEqual({ problems: [], warnings: [] });
    const settings = {
      ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=key;SharedAccessKey=secret',
      LockStorage: 'UseDevelopmentStorage=true',
    };
    expect(readConfig(settings).functionTimeoutMs).toBe(functionTimeoutMs);
  });

  it('brings the extension that the queue trigger needs', () => {
    expect(json('host.json')).toMatchObject({
      version: '2.0',
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' },
    });
  });

  it('says everything that the queue trigger depends on, and leaves no default to the extension', () => {
    expect(json('host.json').extensions.serviceBus).toEqual({
      maxConcurrentCalls: 32,
      maxAutoLockRenewalDuration: '00:06:00',
      autoCompleteMessages: true,
      prefetchCount: 0,
    });
  });
});

describe('local.settings.example.json', () => {
  it('holds settings that a start accepts', () => {
    const { Values: values } = json('local.settings.example.json');
    expect(() => readConfig(values)).not.toThrow();
    expect(values).toMatchObject({
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    });
  });
});

describe('The folder of the project', () => {
  // azd refuses to deploy the package as it is if there is one that leaves node_modules out, and builds it again without one that does not.
  it('has no .funcignore', () => {
    expect(existsSync('.funcignore')).toBe(false);
  });
});
