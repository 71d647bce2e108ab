import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { expect, inject, it, onTestFinished } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../../src/adapters/azure-blob/create-containers.ts';
import { startAzurite } from '../../../src/adapters/azurite/start-azurite.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { timeLimits } from '../../support/time-limits.ts';
import { type IsbRun, isbWith, startIncident } from './isb-fixture.ts';

/** Of the account that every emulator of storage has. It protects nothing. */
const publicKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const program = fileURLToPath(new URL('../../../src/entrypoints/operator/main.ts', import.meta.url));

it("A subscription's dead letters are judged, and go back to their topic only by a word", async () => {
  const subscriptions = [{ name: 'billing' }, { name: 'audit' }];
  const emulator = await startServiceBusEmulator({
    port: 0,
    entities: { topics: [{ name: 'orders', subscriptions }] },
  });
  onTestFinished(() => emulator.close());
  const client = new ServiceBusClient(emulator.connectionString);
  onTestFinished(() => client.close());
  await client.createSender('orders').sendMessages({ messageId: 'm-1', body: { order: 1 } });
  const receiver = client.createReceiver('orders', 'billing');
  for (let delivery = 0; delivery < 10; delivery += 1) {
    for (const message of await receiver.receiveMessages(1)) await receiver.abandonMessage(message);
  }
  const settings = {
    ServiceBusConnection: emulator.connectionString,
    LockStorage: inject('blobStorage'),
    LOCK_CONTAINER: (await newContainer()).containerName,
  };
  const isb = (...args: string[]) =>
    isbWith(settings, [...args, '--topic', 'orders', '--subscription', 'billing', '--json']);
  expect((await isb('dead', 'list')).rows).toMatchObject([{ messageId: 'm-1', verdict: 'never-started' }]);
  const redrive = ['dead', 'redrive', '1', '--yes', '--reason', 'a test'];
  expect(await isb(...redrive)).toMatchObject({ code: 2, err: expect.stringContaining('every subscription gets it') });
  expect((await isb(...redrive, '--to-topic')).rows).toMatchObject([{ done: 1, left: 0 }]);
  const idsOf = async (subscription: string) =>
    (await client.createReceiver('orders', subscription).peekMessages(10)).map(({ messageId }) => messageId);
  expect({ billing: await idsOf('billing'), audit: await idsOf('audit') }).toEqual({
    billing: ['m-1'],
    audit: ['m-1', 'm-1'],
  });
  expect((await isb('dead', 'list')).rows).toEqual([]);
});

/** The engines that "--local" means, on ports of their own, and an environment that names others beside them. */
async function localEngines() {
  const incident = await startIncident();
  const { patient, emulator } = incident;
  const account = { name: 'devstoreaccount1', key: publicKey };
  const azurite = await startAzurite({ port: 0, account, startTimeoutMs: timeLimits.waitMs });
  onTestFinished(() => azurite.stop());
  const storage = blobServiceFromConnectionString(azurite.connectionString);
  await createContainers(storage, [patient.LOCK_CONTAINER]);
  const elsewhere = 'Endpoint=sb://elsewhere.invalid;SharedAccessKeyName=none;SharedAccessKey=none';
  const env = {
    ...patient,
    ServiceBusConnection: elsewhere,
    EMULATOR_SERVICE_BUS_PORT: /sb:\/\/[^;:/]+:(\d+)/.exec(emulator.connectionString)?.[1] ?? '',
    EMULATOR_BLOB_PORT: String(azurite.port),
  };
  return { ...incident, env };
}

it('With --local, the engines of this machine are operated on, whatever else the environment says', async () => {
  const { send, env } = await localEngines();
  await send({ messageId: 'm-1', body: { order: 1 } });
  expect(await isbWith(env, ['status', '--local', '--json'])).toMatchObject({ code: 0, rows: [{ queued: 1 }] });
});

it('The session in the README does what it says, as it is printed', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const session = /## Operate it\n.*?```sh\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const { send, wearOut, env, snapshot } = await localEngines();
  await send({ messageId: 'order-1', body: { order: 1 } });
  await wearOut();
  const runs: IsbRun[] = [];
  for (const line of session.trim().split('\n')) {
    const words = line.replace(/ #.*/, '').match(/"[^"]*"|\S+/g) ?? [];
    expect(words.slice(0, 5).join(' ')).toBe('npm run -s isb --');
    runs.push(
      await isbWith(
        env,
        words.slice(5).map((word) => word.replaceAll('"', '')),
      ),
    );
  }
  expect(runs.map(({ code }) => code)).toEqual([1, 1, 1, 0]);
  const [status, reconcile, trace, redrive] = runs;
  expect(status?.out).toContain('dead letters  1 never-started: redrive');
  expect(reconcile?.out).toMatch(/^never-started +1 +redrive/m);
  expect(trace?.err).toContain('Its message is a dead letter, 1.');
  expect(redrive?.err).toContain('1 dead letter put back on the queue.');
  expect(snapshot()).toMatchObject({ active: [{ messageId: 'order-1' }], deadLettered: [] });
});

it('With --azd, the settings are those of an azd environment of the folder', async () => {
  const { send, settings } = await startIncident();
  await send({ messageId: 'm-1', body: { order: 1 } });
  const folder = await mkdtemp(join(tmpdir(), 'isb-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const environment = join(folder, '.azure', 'night');
  await mkdir(environment, { recursive: true });
  await writeFile(
    join(environment, '.env'),
    Object.entries({ ...settings, LOCK_TTL: 'PT60S' })
      .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
      .join(''),
  );
  const child = spawn(process.execPath, [program, 'status', '--azd', 'night', '--json'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  await once(child, 'close');
  expect(JSON.parse(out)).toMatchObject({ queued: 1 });
});

it('Ctrl-C ends a re-drive after the batch under way, with each message in one place', async () => {
  const { send, client, queue, settings, faults, snapshot } = await startIncident();
  const ids = Array.from({ length: 40 }, (_, place) => `m-${String(place).padStart(2, '0')}`);
  await send(...ids.map((messageId) => ({ messageId, body: { order: 1 } })));
  const receiver = client.createReceiver(queue);
  for (const message of await receiver.receiveMessages(40)) {
    await receiver.deadLetterMessage(message, {
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: 'a test',
    });
  }
  const redrive = ['dead', 'redrive', '--verdict', 'never-started', '--batch', '5', '--yes', '--reason', 'a test'];
  const child = spawn(process.execPath, [program, ...redrive], {
    env: { PATH: process.env['PATH'], ...settings, LOCK_TTL: 'PT60S' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  faults.onSend = () => {
    delete faults.onSend; // a second one would end it at once
    child.kill('SIGINT');
    return undefined;
  };
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  expect({ code, err }).toEqual({ code: 130, err: expect.stringContaining('Stopped after the batch') });
  const { active = [], deadLettered = [] } = snapshot() ?? {};
  expect(active.length).toBeGreaterThan(0);
  expect(deadLettered.length).toBeGreaterThan(0);
  expect([...active, ...deadLettered].map(({ messageId }) => messageId).sort()).toEqual(ids);
  expect(deadLettered.filter(({ lockedUntil }) => lockedUntil !== undefined)).toEqual([]);
});
