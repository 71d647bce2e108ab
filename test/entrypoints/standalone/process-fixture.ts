import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { type Faults, startServiceBusEmulator } from 'service-bus-emulator';
import { inject } from 'vitest';
import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../../src/adapters/azure-blob/create-containers.ts';
import type { StoredLock } from '../../../src/application/ports/lock-store.ts';
import type { LockName } from '../../../src/domain/lock-name.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { workContainers } from '../../../src/entrypoints/composition/work-containers.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { type BlobFault, blobProxy, type ProxiedRequest } from '../../support/blob-proxy.ts';
import { type StartedProgram, startProgram } from '../../support/started-program.ts';

/** What the scripted handler leaves of each step that it really ran. */
export interface Evidence {
  readonly step: string;
  readonly attempt: number;
  readonly fencingToken: number;
  readonly owner: string;
}

export interface EngineOptions {
  /** Of the test, which runs beside others. */
  readonly onTestFinished: (end: () => void | Promise<void>) => void;
  readonly peekLockMs: number;
  readonly maxDeliveryCount?: number;
  /** The name of the queue. Default: a new one. */
  readonly queue?: string;
  readonly faults?: Faults;
  /** What goes wrong between a process and its store, unless it was started with a store of its own. */
  readonly faultOf?: (request: ProxiedRequest) => BlobFault | undefined;
}

/** The shortest times that the start-up proof lets through, and one message at a time. */
export const quick = {
  LOCK_TTL: 'PT5S',
  ACTIVE_LOCK_WAIT: 'PT10S',
  FUNCTION_TIMEOUT: 'PT70S',
  MAX_CONCURRENT_CALLS: '1',
  MESSAGE_HANDLER: 'scripted',
};

/** A store that nothing goes wrong with. */
export const directStore = { LockStorage: inject('blobStorage') };

/** A queue and a store for host processes, none of which is running yet. All of it is gone when the test is over. */
export async function startEngines({
  onTestFinished,
  peekLockMs,
  maxDeliveryCount = 10,
  queue = `q-${randomUUID()}`,
  faults = {},
  faultOf = () => undefined,
}: EngineOptions) {
  const queues = [{ name: queue, lockDurationMs: peekLockMs, maxDeliveryCount }];
  const emulator = await startServiceBusEmulator({ port: 0, entities: { queues }, faults });
  onTestFinished(() => emulator.close());
  const proxy = await blobProxy(faultOf, { onTestFinished });
  const locks = await newContainer();
  const storage = blobServiceFromConnectionString(directStore.LockStorage);
  await createContainers(storage, Object.values(workContainers));
  const store = new BlobLockStore(locks, { requestTimeoutMs: seconds(10) });

  const blobText = async (container: string, name: string): Promise<string> => {
    const blob = storage.getContainerClient(container).getBlobClient(name);
    return (await blob.exists()) ? (await blob.downloadToBuffer()).toString() : '';
  };
  return {
    emulator,
    queue,
    locks,
    inspect: () => emulator.inspect(queue),
    expireLock: (id: string) => emulator.expireLock(queue, id),
    storage,
    /** How many requests of processes that use the proxy the store has answered. */
    answered: proxy.answered,
    /** Where the archive keeps a message. */
    archived: (id: string) => storage.getContainerClient(workContainers.archive).getBlobClient(`${queue}/${id}`),
    startHost: (settings: Readonly<Record<string, string>>): StartedProgram =>
      startProgram(
        'src/entrypoints/standalone/main.ts',
        {
          ServiceBusConnection: emulator.connectionString,
          LockStorage: proxy.connectionString,
          QUEUE_NAME: queue,
          LOCK_CONTAINER: locks.containerName,
          PORT: '0',
          ...settings,
        },
        { onTestFinished },
      ),
    /** Sends, for each ID, work of these steps. */
    send: async (ids: readonly string[], steps: readonly object[]): Promise<void> => {
      const client = new ServiceBusClient(emulator.connectionString);
      const messages = ids.map((messageId) => ({ messageId, contentType: 'application/json', body: { steps } }));
      await client.createSender(queue).sendMessages(messages);
      await client.close();
    },
    lock: (id: string): Promise<StoredLock | undefined> => store.read(`${queue}/lock-${id}.lock` as LockName),
    evidence: async (id: string): Promise<readonly Evidence[]> => {
      const text = await blobText(workContainers.effects, `${queue}/lock-${id}.lock.jsonl`);
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    },
  };
}

/** How many steps nobody has to do again. The one that is at work can stand in the lock, too. */
export const finishedSteps = ({ steps }: LockRecord): number =>
  steps.filter(({ status }) => status === 'finished').length;
