import type { ServiceBusClient } from '@azure/service-bus';
import type { BlobServiceClient } from '@azure/storage-blob';
import { storageErrorText } from '../../adapters/azure-blob/storage-error-text.ts';
import { type OnDelivery, QueueReceiver } from '../../adapters/service-bus/queue-receiver.ts';
import type { QueueReceiverEvent } from '../../adapters/service-bus/queue-receiver-event.ts';
import type { Log } from '../../adapters/telemetry/json-lines.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { durationMs, seconds } from '../../domain/time.ts';
import type { Config } from '../composition/config.ts';
import { buildContainer, Token } from '../composition/container.ts';
import { httpApiOf } from '../composition/http-api.ts';
import { workContainers } from '../composition/work-containers.ts';
import { onDelivery } from './on-delivery.ts';
import { interruptionText, logReceiverEvent } from './receiver-log.ts';
import { sweepRegularly } from './sweep-regularly.ts';
import { serve } from './web/web-server.ts';

/** A running host: it takes requests, and works on what is on the queue. */
export interface StandaloneHost {
  /** `http://<host>:<port>` as it really listens. */
  readonly address: string;
  /**
   * Takes nothing more, lets what is at work finish for a few seconds, and resolves when nothing of the host is left. Work
   * that does not finish in time is delivered again, to this host or another.
   */
  stop(): Promise<void>;
}

/** How long a stopping host lets its work finish, so that all of it ends within 5 s of a signal. */
const graceMs = seconds(3.5);

/**
 * Starts the use cases behind node:http and a queue receiver. The work is `handler`'s, or else that of the handler which the
 * settings name.
 *
 * @throws Error with a clear message if the store or the queue is not to be reached, or the port is taken. Nothing of the
 * host is left running then.
 */
export async function startStandaloneHost(config: Config, log: Log, handler?: MessageHandler): Promise<StandaloneHost> {
  for (const warning of config.warnings) log('warn', warning);
  const container = buildContainer(config, log, handler);
  const serviceBus = container.get(Token.serviceBus);
  const start = Promise.withResolvers<void>();
  const shutdown = new AbortController();
  const receiver = queueReceiver(config, log, {
    client: await serviceBus.client(),
    onDelivery: onDelivery(container.get(Token.processMessage), log, shutdown.signal),
    onInterrupted: start.reject,
  });
  const stopWork = () => {
    shutdown.abort();
    return receiver.stop(graceMs);
  };
  const api = httpApiOf(container, config, { log, shutdown: shutdown.signal });
  try {
    await reachContainers(container.get(Token.storage), containersOf(config, handler));
    void receiver.start().then(start.resolve);
    await start.promise;
    const server = await serve(api, config);
    const sweeping = sweepRegularly(container.get(Token.sweepLocks), {
      clock: container.get(Token.clock),
      log,
      intervalMs: config.sweepIntervalMs,
      over: shutdown.signal,
    });
    return {
      address: server.address,
      stop: async () => {
        await Promise.all([sweeping, server.close(graceMs), stopWork()]);
        await serviceBus.close(); // last: a request under way still publishes
      },
    };
  } catch (error) {
    await stopWork(); // it may be at work already
    await serviceBus.close();
    throw error;
  }
}

function queueReceiver(
  { queueName, maxConcurrentCalls, functionTimeoutMs }: Config,
  log: Log,
  {
    client,
    onDelivery,
    onInterrupted,
  }: {
    readonly client: ServiceBusClient;
    readonly onDelivery: OnDelivery;
    readonly onInterrupted: (error: Error) => void;
  },
): QueueReceiver {
  const maxLockRenewalMs = durationMs(functionTimeoutMs + seconds(60));
  const onEvent = (event: QueueReceiverEvent) => {
    logReceiverEvent(log, queueName, event);
    // Counts only for the start: a running host waits until the queue is back.
    if (event.kind === 'interrupted') onInterrupted(new Error(interruptionText(queueName, event)));
  };
  return new QueueReceiver(client, { queueName, maxConcurrentCalls, maxLockRenewalMs }, { onDelivery, onEvent });
}

/** That of the locks, and the one that a shipped handler writes to. */
function containersOf(
  { lockContainer, messageHandler }: Config,
  handler: MessageHandler | undefined,
): readonly string[] {
  if (handler !== undefined) return [lockContainer];
  return [lockContainer, messageHandler === 'archive' ? workContainers.archive : workContainers.effects];
}

/** Fails now, in words, and not at the first message. */
async function reachContainers(storage: BlobServiceClient, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await storage.getContainerClient(name).getProperties({ abortSignal: AbortSignal.timeout(5000) });
    } catch (cause) {
      throw new Error(
        `The container "${name}" of ${storage.url} cannot be used: ${storageErrorText(cause)} Its account is set by LockStorage.`,
        { cause },
      );
    }
  }
}
