import type { ServiceBusClient } from '@azure/service-bus';
import type { BlobServiceClient } from '@azure/storage-blob';
import { storageErrorText } from '../../adapters/azure-blob/storage-error-text.ts';
import { mayPass, statusCode } from '../../adapters/azure-blob/storage-errors.ts';
import { graceOfShutdown } from '../../adapters/environment/shutdown-timeout.ts';
import { serve } from '../../adapters/http/node-server/web-server.ts';
import { type OnDelivery, QueueReceiver } from '../../adapters/service-bus/queue-receiver.ts';
import type { QueueReceiverEvent } from '../../adapters/service-bus/queue-receiver-event.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import type { Config } from '../composition/config.ts';
import { consumerOf } from '../composition/consumer.ts';
import { buildContainer, Token } from '../composition/container.ts';
import { httpApiOf } from '../composition/http-api.ts';
import { warnOfOtherSpellings } from '../composition/warn-of-other-spellings.ts';
import { workContainers } from '../composition/work-containers.ts';
import { onDelivery } from './on-delivery.ts';
import { interruptionText, logReceiverEvent } from './receiver-log.ts';
import { StartUp } from './start-up.ts';
import { sweepRegularly } from './sweep-regularly.ts';

/** A running host: it takes requests, and works on what is on the queue. */
export interface StandaloneHost {
  /** `http://<host>:<port>` as it really listens. */
  readonly address: string;
  /**
   * Takes nothing more, lets what is at work finish for a second less than the shutdown may take, and resolves when nothing of the host is left. Work
   * that does not finish in time is delivered again, to this host or another.
   */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** The work of a message. Default: the handler that the settings name. */
  readonly handler?: MessageHandler | undefined;
  /** Ends a start that is under way. */
  readonly over?: AbortSignal;
}

/**
 * Starts the use cases behind node:http and a queue receiver. Nothing is taken off the queue before the port is bound and
 * the store and the queue have answered: a start that fails costs no message a delivery.
 *
 * @throws Error with a clear message if the port is taken, or the store or the queue cannot be reached within the time that
 * the settings give. Nothing of the host is left running then.
 */
export async function startStandaloneHost(
  config: Config,
  log: Log,
  { handler, over = new AbortController().signal }: StartOptions = {},
): Promise<StandaloneHost> {
  for (const warning of config.warnings) log('warn', warning);
  const startUp = new StartUp(log, { limitMs: config.startupTimeoutMs, over });
  const container = buildContainer(config, log, handler);
  const storage = container.get(Token.storage);
  const serviceBus = container.get(Token.serviceBus);
  const shutdown = new AbortController();
  const server = await serve(httpApiOf(container, config, { log, shutdown: shutdown.signal }), config);
  const receiving = queueReceiver(config, log, {
    client: await serviceBus.client(),
    onDelivery: onDelivery(container.get(Token.processMessage), {
      consumer: consumerOf(config),
      log,
      shutdown: shutdown.signal,
      maxDeliveryCount: config.maxDeliveryCount,
    }),
  });
  const stop = async (graceMs: DurationMs) => {
    shutdown.abort();
    await Promise.all([server.close(graceMs), receiving.receiver.stop(graceMs)]);
    await serviceBus.close(); // last: a request under way still publishes
  };
  try {
    for (const name of containersOf(config, handler)) await reachContainer(storage, name, startUp);
    await receiving.reach(startUp);
  } catch (error) {
    await stop(seconds(0));
    throw error;
  }
  void receiving.receiver.start();
  void warnOfOtherSpellings(storage, config, log);
  const sweeping = sweepRegularly(container.get(Token.sweepLocks), {
    clock: container.get(Token.clock),
    log,
    intervalMs: config.sweepIntervalMs,
    over: shutdown.signal,
  });
  return {
    address: server.address,
    stop: async () => void (await Promise.all([stop(graceOfShutdown(config.shutdownTimeoutMs)), sweeping])),
  };
}

/** A receiver of the queue that has not begun to receive, and what waits until the queue answers. */
function queueReceiver(
  { queueName, maxConcurrentCalls, functionTimeoutMs }: Config,
  log: Log,
  { client, onDelivery }: { readonly client: ServiceBusClient; readonly onDelivery: OnDelivery },
) {
  const maxLockRenewalMs = durationMs(functionTimeoutMs + seconds(60));
  let onEvent = (event: QueueReceiverEvent) => logReceiverEvent(log, queueName, event);
  const receiver = new QueueReceiver(
    client,
    { queueName, maxConcurrentCalls, maxLockRenewalMs },
    { onDelivery, onEvent: (event) => onEvent(event) },
  );
  const reach = async (startUp: StartUp): Promise<void> => {
    const logged = onEvent;
    const refused = Promise.withResolvers<never>();
    let why = new Error(`The queue ${queueName} has not answered.`);
    onEvent = (event) => {
      if (event.kind !== 'interrupted') return logged(event);
      const { reason, cause } = event;
      why = new Error(interruptionText(queueName, event), { cause });
      // Asked again, a namespace would say the same: there is no such queue, or no right to receive.
      if (reason === 'unreachable') startUp.tell(why.message);
      else refused.reject(why);
    };
    await startUp.unlessOver(Promise.race([receiver.reach(), refused.promise]), () => why);
    onEvent = logged;
  };
  return { receiver, reach };
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
function reachContainer(storage: BlobServiceClient, name: string, startUp: StartUp): Promise<unknown> {
  return startUp.ask(
    async () => {
      try {
        await storage.getContainerClient(name).getProperties({ abortSignal: AbortSignal.timeout(5000) });
      } catch (cause) {
        const address = storage.url.replace(/[?].*/s, ''); // what follows can be a signature
        throw new Error(
          `The container "${name}" of ${address} cannot be used: ${storageErrorText(cause)} Its account is set by LockStorage.`,
          { cause },
        );
      }
    },
    ({ cause }) => mayPass(cause) && ![401, 403].includes(statusCode(cause) ?? 0),
  );
}
