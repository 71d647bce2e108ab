import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LoadedApp } from '../support/functions/loaded-app.ts';
import { type PackagedApp, packageApp } from '../support/functions/packaged-app.ts';
import { type Installation, installPackedPackage } from '../support/packed-package.ts';
import { StandInBlobService } from '../support/stand-in-blob-service.ts';
import { startProgram } from '../support/started-program.ts';
import { until } from '../support/until.ts';

/** The two lines of OpenTelemetry that do not mix, and where they are installed. */
const lines = [
  { name: 'API 1.9.1 and SDK 2.12', packages: 'node_modules' },
  { name: 'API 1.10 and SDK 3.1', packages: 'test/opentelemetry-3/node_modules' },
];

let packed: Installation;
let packaged: PackagedApp;
beforeAll(async () => {
  const script =
    'import { installOnce } from "./tools/install-once.mjs"; await installOnce("test/opentelemetry-3"); await installOnce("test/opentelemetry-azure");';
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  packed = installPackedPackage();
  packaged = await packageApp();
});
afterAll(() => {
  packed?.remove();
  packaged?.remove();
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** A folder with that SDK, to be preloaded, and what it wrote. */
function recordingSdk(packages: string, preloads: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'recording-sdk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve(packages, '@opentelemetry'), join(folder, 'node_modules/@opentelemetry'));
  cpSync('test/support/opentelemetry/recording-sdk.mjs', join(folder, 'sdk.mjs'));
  const file = join(folder, 'spans');
  const written = (): Record<string, string>[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  const spans = () => written().filter(({ span }) => span !== undefined);
  const ours = () => spans().filter(({ scope }) => scope === 'immutable-service-bus');
  const nameOf = (id: string | undefined) => spans().find(({ spanId }) => spanId === id)?.['span'] ?? 'somewhere';
  const imports = [join(folder, 'sdk.mjs'), ...preloads].map((path) => `--import=${path}`).join(' ');
  return {
    settings: { NODE_OPTIONS: imports, SPANS_FILE: file },
    spans,
    /** Our spans, each with what it hangs below. */
    tree: () =>
      ours()
        .map(({ span, parent }) => `${span} < ${nameOf(parent)}`)
        .sort(),
    traceIds: () => [...new Set(ours().map((span) => span['traceId']))],
    names: () => new Set(written().map(({ metric }) => metric)),
  };
}

async function startServices() {
  const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: 'messages' }] } });
  const storage = await new StandInBlobService().start();
  onTestFinished(async () => {
    storage.close();
    await emulator.close();
  });
  return {
    emulator,
    settings: { ServiceBusConnection: emulator.connectionString, LockStorage: storage.connectionString },
  };
}

/** A message through a host of the packed package, which has that SDK. */
async function workOnOneMessage(sdk: ReturnType<typeof recordingSdk>, packages: string) {
  const { emulator, settings } = await startServices();
  const api = join(packed.folder, 'node_modules/@opentelemetry/api');
  mkdirSync(dirname(api), { recursive: true });
  rmSync(api, { force: true });
  symlinkSync(resolve(packages, '@opentelemetry/api'), api);
  cpSync('test/support/opentelemetry/host.mjs', join(packed.folder, 'host.mjs'));
  const host = startProgram(join(packed.folder, 'host.mjs'), { ...settings, ...sdk.settings, PORT: '0' });
  const [, address] = /^address (\S+)/.exec(await host.line(/^address /)) ?? [];
  const response = await fetch(`${address}/api/messages`, { method: 'POST', headers: { traceparent }, body: 'x' });
  expect(response.status).toBe(202);
  return { sdk, emulator };
}

/** What is ours of it, each with what it hangs below. */
const tree = [
  'POST /api/messages < somewhere',
  'acquire lock < process messages',
  'complete lock < process messages',
  'complete messages < process messages',
  'process messages < send messages',
  'send messages < POST /api/messages',
  'step charge < process messages',
];

describe.each(lines)('Under $name that the application registers', ({ packages }) => {
  it('the packed package records spans and metrics', async () => {
    const { sdk, emulator } = await workOnOneMessage(recordingSdk(packages), packages);
    await until(() => {
      expect(sdk.tree()).toEqual(tree);
      expect(sdk.names()).toContain('isb.lock.requests');
    });
    expect(sdk.traceIds()).toEqual([traceId]);
    expect(emulator.inspect('messages')).toMatchObject({ active: [], locked: [] });
  });

  it('the bundle of the Function App records spans and metrics', async () => {
    const { emulator, settings } = await startServices();
    const sdk = recordingSdk(packages);
    const { main } = JSON.parse(readFileSync(join(packaged.folder, 'package.json'), 'utf8'));
    const app = await LoadedApp.load(packaged.folder, main, { ...settings, ...sdk.settings });
    onTestFinished(async () => void (await app.terminate()));
    const host = { traceParent: traceparent };
    const init = { method: 'POST', headers: { 'idempotency-key': 'm-1' }, body: 'x' };
    expect((await app.request('submitMessage', 'http://localhost/api/messages', init, host)).status).toBe(202);
    const client = new ServiceBusClient(emulator.connectionString);
    onTestFinished(() => client.close());
    const [sent] = await client.createReceiver('messages').peekMessages(1);
    const message = {
      body: Buffer.from(JSON.stringify(sent?.body)),
      messageId: 'm-1',
      applicationProperties: sent?.applicationProperties ?? {},
    };
    const { error } = await app.deliver(message, undefined, 'processMessage', host);
    expect(error).toBeUndefined();
    await until(() => {
      expect(sdk.tree()).toEqual([
        'acquire lock < process messages',
        'complete lock < process messages',
        'process messages < somewhere',
        'send messages < somewhere',
      ]);
      expect(sdk.names()).toContain('isb.lock.requests');
    });
    expect(sdk.traceIds()).toEqual([traceId]);
  });
});

it('Beside the instrumentation that Azure has for its SDKs, our spans stay as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'azure-instrumentation-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(resolve('test/opentelemetry-azure/node_modules'), join(folder, 'node_modules'));
  const preload = join(folder, 'azure.mjs');
  cpSync('test/support/opentelemetry/azure-instrumentation.mjs', preload);
  const { sdk } = await workOnOneMessage(recordingSdk('node_modules', [preload]), 'node_modules');
  await until(() => {
    expect(sdk.tree()).toEqual(tree);
    const names = sdk.spans().map(({ span }) => span);
    expect(names).toContain('ServiceBusSender.send');
    expect(names).toContain('HTTP PUT'); // of the lock
  });
  expect(sdk.traceIds()).toEqual([traceId]);
});
