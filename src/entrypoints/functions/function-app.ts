import { setMaxListeners } from 'node:events';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { exactMetadataOf } from '../../adapters/azure-functions/exact-metadata.ts';
import { receivedFromTrigger } from '../../adapters/azure-functions/received-from-trigger.ts';
import { deliveryFrom } from '../../adapters/cloud-events/delivery-from.ts';
import type { HttpApi } from '../../adapters/http/http-api.ts';
import type { LazyServiceBus } from '../../adapters/service-bus/lazy-service-bus.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import { asError } from '../../application/error-text.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import type { ProcessMessage } from '../../application/process-message.ts';
import type { SweepLocks } from '../../application/sweep-locks.ts';
import type { Delivery } from '../../domain/message.ts';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import type { Consumer } from '../../domain/work-key.ts';
import type { Config } from '../composition/config.ts';
import { consumerOf } from '../composition/consumer.ts';
import { buildContainer, Token } from '../composition/container.ts';
import { logDeliveryFailure } from '../composition/delivery-failure.ts';
import { httpApiOf } from '../composition/http-api.ts';
import { warnOfOtherSpellings } from '../composition/warn-of-other-spellings.ts';
import { inInvocation, invocationLog } from './invocation-log.ts';
import { apiRequest, hostResponse } from './web-http.ts';

/** The use cases behind the functions of one process, over one client per service. Nothing connects before it is used. */
export class FunctionApp {
  readonly #api: HttpApi;
  readonly #consumer: Consumer;
  readonly #processMessage: ProcessMessage;
  readonly #sweepLocks: SweepLocks;
  /** Past the host's time out the process would be restarted, with all that is at work in it. */
  readonly #sweepLimitMs: DurationMs;
  readonly #serviceBus: LazyServiceBus;
  readonly #maxDeliveryCount: number;
  readonly #shutdown = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #isWarned = false;
  /** Once a process. */
  readonly #warnOfOtherSpellings: () => Promise<void>;

  /** @throws ConfigError if a connection string is not valid. */
  constructor(config: Config, handler?: MessageHandler) {
    const container = buildContainer(config, invocationLog, handler);
    let warning: Promise<void> | undefined;
    this.#warnOfOtherSpellings = () => {
      warning ??= warnOfOtherSpellings(container.get(Token.storage), config, invocationLog);
      return warning;
    };
    this.#api = httpApiOf(container, config, { log: invocationLog, shutdown: this.#shutdown.signal });
    this.#consumer = consumerOf(config);
    this.#processMessage = container.get(Token.processMessage);
    this.#sweepLocks = container.get(Token.sweepLocks);
    this.#sweepLimitMs = durationMs(Math.max(0, config.functionTimeoutMs - seconds(30)));
    this.#maxDeliveryCount = config.maxDeliveryCount;
    this.#serviceBus = container.get(Token.serviceBus);
    setMaxListeners(0, this.#shutdown.signal);
  }

  /** Answers a request. */
  answer(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
    return inInvocation(context, async () => hostResponse(await this.#api(apiRequest(request))));
  }

  /**
   * Processes a delivery. The host completes the message when this resolves, and abandons it when it rejects.
   *
   * @throws Error, never anything else: the host would take `undefined` for success.
   */
  process(body: unknown, context: InvocationContext): Promise<void> {
    const execution = inInvocation(context, () => this.#process(body, context));
    const ended = execution.catch(() => undefined).then(() => void this.#running.delete(ended));
    this.#running.add(ended);
    return execution;
  }

  /**
   * Deletes the locks that are past their retention, as many as there is time for.
   *
   * @throws LockStoreError if the store cannot be listed.
   */
  sweep(context: InvocationContext): Promise<void> {
    const over = AbortSignal.any([this.#shutdown.signal, AbortSignal.timeout(this.#sweepLimitMs)]);
    return inInvocation(context, async () => {
      await this.#warnOfOtherSpellings();
      const outcome = await this.#sweepLocks.run(over);
      const sentence =
        outcome.kind === 'swept' ? `Swept ${outcome.deleted} of ${outcome.listed} locks.` : 'Too early to sweep.';
      invocationLog('info', sentence, { event: 'sweep', ...outcome });
    });
  }

  /**
   * Asks all executions to end, gives them a moment to release their locks, and closes what is open: all within the 5 s
   * after which the host ends the process.
   */
  async stop(): Promise<void> {
    this.#shutdown.abort();
    await within(seconds(3.5), Promise.all(this.#running));
    await within(seconds(1), this.#serviceBus.close());
  }

  /** Once: it is true of every delivery. */
  #warnOfInexactIds(): void {
    if (!this.#isWarned) invocationLog('warn', inexactIds, { event: 'no-exact-message-ids' });
    this.#isWarned = true;
  }

  async #process(body: unknown, context: InvocationContext): Promise<void> {
    const metadata = { parsed: context.triggerMetadata, exact: exactMetadataOf(context) };
    if (metadata.exact === undefined) this.#warnOfInexactIds();
    const received = receivedFromTrigger(body, metadata);
    let delivery: Delivery | undefined;
    try {
      delivery = deliveryFrom(received, { consumer: this.#consumer, fingerprintOf });
      await this.#processMessage.run(delivery, { shutdown: this.#shutdown.signal });
    } catch (thrown) {
      const error = asError(thrown);
      logDeliveryFailure(invocationLog, { received, delivery, error, maxDeliveryCount: this.#maxDeliveryCount });
      throw error;
    }
  }
}

const inexactIds =
  'This Functions worker does not show message IDs as they were sent. An ID that is JSON, such as one of digits, is refused, ' +
  'and a plain message whose ID is in quotation marks shares a lock with one whose ID is not. Update the worker.';

async function within(limitMs: DurationMs, ending: Promise<unknown>): Promise<void> {
  const timeUp = Promise.withResolvers<void>();
  const timer = setTimeout(timeUp.resolve, limitMs);
  await Promise.race([ending.catch(() => undefined), timeUp.promise]);
  clearTimeout(timer);
}
