import { setMaxListeners } from 'node:events';
import { mayBeReachedLater, tryContainer } from '../../adapters/azure-blob/try-container.ts';
import { warnOfOtherSpellings } from '../../adapters/azure-blob/warn-of-other-spellings.ts';
import { graceOfShutdown } from '../../adapters/environment/shutdown-timeout.ts';
import { serve } from '../../adapters/http/node-server/web-server.ts';
import { ownAccess } from '../../adapters/http/operator-page/access.ts';
import type { HostedSource } from '../../adapters/service-bus/source.ts';
import { pathOf } from '../../adapters/service-bus/source-entity.ts';
import { StartUp } from '../../adapters/system/start-up.ts';
import { exportingWhile } from '../../adapters/telemetry/exported-telemetry.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { sweepLog } from '../../adapters/telemetry/logged-sweep.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import { LockStoreError } from '../../application/ports/lock-store.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { sweepRegularly } from '../../application/sweep/sweep-regularly.ts';
import { type DurationMs, seconds } from '../../domain/time.ts';
import type { Config } from '../composition/config.ts';
import { consumerOf } from '../composition/consumer.ts';
import { buildContainer, Token } from '../composition/container.ts';
import { httpRulesOf } from '../composition/http-api.ts';
import { agreeOnLayout, type OpenParts, processMessageOf, sweepLocksOf } from '../composition/lock-container.ts';
import { operatorPageOf } from '../composition/operator-page.ts';
import { workContainers } from '../composition/work-containers.ts';
import { onDelivery } from './on-delivery.ts';
import { startReceiver } from './start-receiver.ts';

/** A running host: it takes requests, and works on what is on the queue. */
export interface StandaloneHost {
  /** `http://<host>:<port>` as it really listens; empty if HTTP is not served. */
  readonly address: string;
  /**
   * Takes nothing more, lets what is at work finish for a second less than the shutdown may take, and resolves when nothing of the host is left. Work
   * that does not finish in time is delivered again, to this host or another.
   */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** The work of a message, for sources that bring none. Default: the handler that the settings name. */
  readonly handler?: MessageHandler | undefined;
  /** Default: the queue that the settings name. */
  readonly sources?: readonly HostedSource[];
  /** How what is submitted over HTTP, and what comes on the queue of the settings, is named. */
  readonly idOf?: IdOf;
  /** Default: yes. */
  readonly servesHttp?: boolean;
  readonly configure?: (container: OpenParts) => void;
  /** Ends a start that is under way. */
  readonly over?: AbortSignal;
  /** Whether its engines are on this machine and for trying out: whoever is there may act by the page of operators. */
  readonly isLocal?: boolean;
}

/**
 * Starts the use cases behind node:http and a receiver for each source. Nothing is taken off a queue before the port is bound and
 * the store and all queues have answered: a start that fails costs no message a delivery.
 *
 * @throws Error with a clear message if the port is taken, or the store or a queue cannot be reached within the time that
 * the settings give. Nothing of the host is left running then.
 */
export async function startStandaloneHost(
  config: Config,
  log: Log,
  options: StartOptions = {},
): Promise<StandaloneHost> {
  return exportingWhile(log, config.shutdownTimeoutMs, (told) => start(config, told, options));
}

async function start(
  config: Config,
  log: Log,
  {
    handler,
    idOf,
    sources = [theOnly(config, idOf)],
    servesHttp = true,
    configure = () => undefined,
    over = new AbortController().signal,
    isLocal = false,
  }: StartOptions,
): Promise<StandaloneHost> {
  for (const warning of config.warnings) log('warn', warning);
  const startUp = new StartUp(log, { limitMs: config.startupTimeoutMs, over });
  const container = buildContainer(config, log, handler, idOf);
  configure(container);
  const storage = container.get(Token.storage);
  const serviceBus = container.get(Token.serviceBus);
  const telemetry = container.get(Token.telemetry);
  const shutdown = new AbortController();
  setMaxListeners(0, shutdown.signal);
  await telemetry.ready;
  const access = servesHttp ? ownAccess(config, isLocal) : undefined;
  const [first = theOnly(config, idOf), ...others] = sources;
  const serving = { log, shutdown: shutdown.signal };
  const page =
    access && operatorPageOf(container, config, { ...serving, access, sources: [first, ...others], isLocal });
  const server = servesHttp ? await serve(httpRulesOf(container, config, { ...serving, page }), config) : undefined;
  const client = await serviceBus.client();
  const scopes = [...new Set(sources.map(({ scope }) => scope))];
  const receiving = sources.map((source) => {
    const { maxDeliveryCount, scope, idOf } = source;
    const process = processMessageOf(
      container,
      { ...config, maxDeliveryCount },
      source.handler ?? container.get(Token.messageHandler),
    );
    const consumer = consumerOf({ ...config, lockScope: scope });
    const work = onDelivery(process, {
      consumer,
      idOf,
      tracing: telemetry,
      destination: pathOf(source.entity),
      log,
      shutdown: shutdown.signal,
      maxDeliveryCount,
    });
    return startReceiver(source, { client, log, onDelivery: work, functionTimeoutMs: config.functionTimeoutMs });
  });
  const stop = async (graceMs: DurationMs) => {
    shutdown.abort();
    await Promise.all([server?.close(graceMs), ...receiving.map(({ receiver }) => receiver.stop(graceMs))]);
    await serviceBus.close(); // last: a request under way still publishes
  };
  try {
    const usesShipped = sources.some((source) => source.handler === undefined);
    for (const name of containersOf(config, usesShipped ? handler : noWork))
      await startUp.ask(() => tryContainer(storage, name), mayBeReachedLater);
    for (const { scope, entity, idOf } of sources)
      await startUp.ask(() => agreeOnLayout(container, { scope, path: pathOf(entity), idOf }), mayAnswerLater);
    for (const { reach } of receiving) await reach(startUp);
  } catch (error) {
    await stop(seconds(0));
    throw error;
  }
  for (const { receiver } of receiving) void receiver.start();
  const sweeping = scopes.map((lockScope) =>
    sweepRegularly(sweepLocksOf(container, { ...config, lockScope }), {
      clock: container.get(Token.clock),
      log: sweepLog(log),
      intervalMs: config.sweepIntervalMs,
      over: shutdown.signal,
    }),
  );
  for (const { entity, scope } of sources) {
    void warnOfOtherSpellings(storage, { ...config, queueName: pathOf(entity), lockScope: scope }, log);
  }
  return {
    address: server?.address ?? '',
    stop: async () => void (await Promise.all([stop(graceOfShutdown(config.shutdownTimeoutMs)), ...sweeping])),
  };
}

const theOnly = (config: Config, idOf: IdOf | undefined): HostedSource => ({
  entity: { queueName: config.queueName },
  sessions: false,
  concurrency: config.maxConcurrentCalls,
  scope: config.lockScope,
  idOf,
  maxDeliveryCount: config.maxDeliveryCount,
  handler: undefined,
});

/** In the place of a shipped handler that nobody needs. */
const noWork: MessageHandler = async () => undefined;

/** That of the locks, and the one that a shipped handler writes to. */
function containersOf(
  { lockContainer, messageHandler }: Config,
  handler: MessageHandler | undefined,
): readonly string[] {
  if (handler !== undefined) return [lockContainer];
  return [lockContainer, messageHandler === 'archive' ? workContainers.archive : workContainers.effects];
}

const mayAnswerLater = (error: Error): boolean => error instanceof LockStoreError && error.isTransient;
