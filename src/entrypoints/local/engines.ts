import { type ServiceBusEmulator, startServiceBusEmulator } from 'service-bus-emulator';
import { blobServiceFromConnectionString } from '../../adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../adapters/azure-blob/create-containers.ts';
import { startAzurite } from '../../adapters/azurite/start-azurite.ts';
import type { EngineSettings } from './engine-settings.ts';

/** The two engines of the local host, running: Azurite for Blob Storage, and the Service Bus emulator. */
export interface Engines {
  /** The settings under which a host finds them. */
  readonly settings: { readonly ServiceBusConnection: string; readonly LockStorage: string };
  /** Where the blobs can be read, without a key. */
  readonly blobAddress: string;
  /** Resolves, with what happened, if an engine ends that was not told to. */
  readonly broken: Promise<Error>;
  stop(): Promise<void>;
}

/**
 * Azurite's documented account, so that every storage tool finds it under "local emulator". It protects nothing: the engine
 * listens on loopback and its blobs can be read without it. Source: Microsoft, "Use the Azurite emulator", well-known account.
 */
const developmentAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/**
 * Starts both engines with the queue and the containers that the settings name. What one has of it is stopped again if the
 * other does not start.
 *
 * @throws Error that names the port, and the setting to change, if one is taken.
 */
export async function startEngines(settings: EngineSettings, containers: readonly string[]): Promise<Engines> {
  const [azurite, serviceBus] = await Promise.allSettled([
    startBlobStorage(settings, containers),
    startServiceBus(settings),
  ]);
  if (azurite.status === 'fulfilled' && serviceBus.status === 'fulfilled') {
    return running(azurite.value, serviceBus.value);
  }
  if (azurite.status === 'fulfilled') await azurite.value.stop();
  if (serviceBus.status === 'fulfilled') await serviceBus.value.close();
  const failures = [azurite, serviceBus].filter((engine) => engine.status === 'rejected').map(({ reason }) => reason);
  throw new AggregateError(failures, failures.map((failure: Error) => failure.message).join('\n'));
}

type Azurite = Awaited<ReturnType<typeof startAzurite>>;

function running(azurite: Azurite, serviceBus: ServiceBusEmulator): Engines {
  let isStopping = false;
  return {
    settings: { ServiceBusConnection: serviceBus.connectionString, LockStorage: azurite.connectionString },
    blobAddress: `http://127.0.0.1:${azurite.port}/${developmentAccount.name}`,
    broken: new Promise((resolve) => {
      void azurite.exited.then(({ code, signal, errorOutput }) => {
        if (!isStopping) resolve(new Error(`Azurite ended by itself (${signal ?? code}). ${errorOutput}`));
      });
    }),
    stop: async () => {
      isStopping = true;
      await Promise.all([azurite.stop(), serviceBus.close()]);
    },
  };
}

async function startBlobStorage(settings: EngineSettings, containers: readonly string[]): Promise<Azurite> {
  const { blobPort: port, startTimeoutMs } = settings;
  const started = startAzurite({ port, account: developmentAccount, startTimeoutMs });
  const azurite = await named('EMULATOR_BLOB_PORT', started);
  try {
    const service = blobServiceFromConnectionString(azurite.connectionString);
    await createContainers(service, containers);
    // So that anyone on this machine can look at locks and results with a browser or curl.
    await Promise.all(containers.map((name) => service.getContainerClient(name).setAccessPolicy('container')));
    return azurite;
  } catch (error) {
    await azurite.stop();
    throw error;
  }
}

function startServiceBus(settings: EngineSettings) {
  const { serviceBusPort, queueName, peekLockMs, maxDeliveryCount, duplicateDetectionWindowMs } = settings;
  const queue = {
    name: queueName,
    lockDurationMs: peekLockMs,
    maxDeliveryCount,
    ...(duplicateDetectionWindowMs !== undefined && { duplicateDetectionWindowMs }),
  };
  return named(
    'EMULATOR_SERVICE_BUS_PORT',
    startServiceBusEmulator({ port: serviceBusPort, entities: { queues: [queue] } }),
  );
}

/** Adds to a failure at a port the setting that can mend it. */
async function named<T>(setting: string, start: Promise<T>): Promise<T> {
  try {
    return await start;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (!/\bport \d/.test(why)) throw cause;
    throw new Error(`${why} It is set by ${setting}; 0 takes a free port.`, { cause });
  }
}
