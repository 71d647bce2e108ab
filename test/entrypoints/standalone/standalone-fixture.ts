import { randomUUID } from 'node:crypto';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import type { ContainerClient } from '@azure/storage-blob';
import {
  type Clock,
  type Faults,
  type QueueOptions,
  type QueueSnapshot,
  startServiceBusEmulator,
} from 'service-bus-emulator';
import { expect, inject, onTestFinished } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../../src/adapters/azure-blob/create-containers.ts';
import type { Log } from '../../../src/adapters/telemetry/log.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { workContainers } from '../../../src/entrypoints/composition/work-containers.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { newContainer } from '../../support/blob-containers.ts';

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: string };

/** What a host needs: a queue of its own, and a container for its locks. Gone when the test is over. */
export async function startEngines(queueOptions: Omit<QueueOptions, 'name'> = {}, clock?: Clock) {
  const queue = `q-${randomUUID()}`;
  const faults: Faults = {};
  const emulator = await startServiceBusEmulator({
    port: 0,
    entities: { queues: [{ ...queueOptions, name: queue }] },
    faults,
    ...(clock !== undefined && { clock }),
  });
  onTestFinished(() => emulator.close());
  const locks = await newContainer();
  const storage = blobServiceFromConnectionString(inject('blobStorage'));
  await createContainers(storage, Object.values(workContainers));
  const settings = {
    ServiceBusConnection: emulator.connectionString,
    LockStorage: inject('blobStorage'),
    QUEUE_NAME: queue,
    LOCK_CONTAINER: locks.containerName,
    PORT: '0',
  };
  /** Sends what another producer would. */
  const send = async (...messages: ServiceBusMessage[]) => {
    const client = new ServiceBusClient(emulator.connectionString);
    await client.createSender(queue).sendMessages(messages);
    await client.close();
  };
  const lockBlob = (id: string) => blobIn(locks, `${queue}/lock-${id}.lock`);
  return { queue, emulator, faults, locks, storage, settings, send, lockBlob };
}

/** A log that can be looked at. */
export function newLog() {
  const lines: LogLine[] = [];
  const log: Log = (level, message, facts) => lines.push({ ...facts, level, message });
  return { log, lines };
}

/** A host with these settings on engines of its own, and what a test wants to do with them. */
export async function startHost(
  settings: Readonly<Record<string, string>> = {},
  queueOptions?: Omit<QueueOptions, 'name'>,
) {
  const engines = await startEngines(queueOptions);
  const { queue, emulator, storage } = engines;
  const { log, lines } = newLog();
  const host = await startStandaloneHost(readConfig({ ...engines.settings, ...settings }), log);
  onTestFinished(() => host.stop());

  const post = (id: string, body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
    fetch(`${host.address}/api/messages`, {
      method: 'POST',
      headers: { 'idempotency-key': `"${id}"`, 'content-type': contentType },
      body,
    });
  const getStatus = async (id: string) => {
    const response = await fetch(`${host.address}/api/messages/${id}`);
    return response.json();
  };
  return {
    ...engines,
    host,
    lines,
    post,
    /** Posts work for the scripted handler. */
    postScript: (id: string, ...steps: readonly object[]) => post(id, JSON.stringify({ steps })),
    getStatus,
    untilStatus: (id: string, status: string) =>
      expect.poll(() => getStatus(id)).toMatchObject({ messageId: id, status }),
    /** Resolves when a line with this text was logged. */
    untilLogged: (text: string) => expect.poll(() => lines.map(({ message }) => message).join('\n')).toContain(text),
    untilQueue: (snapshot: object) => expect.poll(() => emulator.inspect(queue)).toMatchObject(snapshot),
    processedBlob: (id: string) => blobIn(storage.getContainerClient(workContainers.archive), `${queue}/${id}`),
    /** What the scripted handler really ran, a line each. */
    evidence: async (id: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
      const blob = await blobIn(storage.getContainerClient(workContainers.effects), `${queue}/lock-${id}.lock.jsonl`);
      return (blob?.bytes.toString() ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
  };
}

/** The queue when all its messages are settled as complete. */
export const emptyQueue: QueueSnapshot = { active: [], locked: [], deferred: [], scheduled: [], deadLettered: [] };

/** A blob as it is now; undefined if there is none. */
async function blobIn(container: ContainerClient, name: string) {
  const blob = container.getBlockBlobClient(name);
  if (!(await blob.exists())) return undefined;
  const { contentType, metadata, lastModified } = await blob.getProperties();
  return { bytes: await blob.downloadToBuffer(), contentType, metadata, lastModified };
}
