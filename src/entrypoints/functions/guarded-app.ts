import { setMaxListeners } from 'node:events';
import type { InvocationContext } from '@azure/functions';
import { warnOfOtherSpellings } from '../../adapters/azure-blob/warn-of-other-spellings.ts';
import { type AppConfig, inWordsOfHost } from '../../adapters/azure-functions/app-config.ts';
import { exactMetadataOf } from '../../adapters/azure-functions/exact-metadata.ts';
import { traceOf } from '../../adapters/azure-functions/invocation-trace.ts';
import { receivedFromTrigger } from '../../adapters/azure-functions/received-from-trigger.ts';
import { logSweep } from '../../adapters/telemetry/logged-sweep.ts';
import { asError } from '../../application/error-text.ts';
import { LockStoreError } from '../../application/ports/lock-store.ts';
import type { ProcessMessage } from '../../application/process-message.ts';
import type { RunOnce } from '../../application/run-once.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { scopeProblems, sourceProblems } from '../../application/settings/source-problems.ts';
import type { SweepLocks } from '../../application/sweep-locks.ts';
import { type DurationMs, seconds } from '../../domain/time.ts';
import type { LockConfig } from '../composition/config.ts';
import { consumerOf } from '../composition/consumer.ts';
import {
  agreeOnLayout,
  type OpenParts,
  processMessageOf,
  runOnceOf,
  sweepLocksOf,
} from '../composition/lock-container.ts';
import { Token } from '../composition/tokens.ts';
import { workOnDelivery } from '../composition/work-on-delivery.ts';
import type { GuardedSource } from './guarded-source.ts';
import { inInvocation, invocationLog } from './invocation-log.ts';

export interface GuardedAppOptions<Read extends LockConfig> {
  readonly read: AppConfig<Read>;
  /** Makes the parts, and lets the app replace some. */
  readonly build: (config: Read) => OpenParts;
  /** Closes what was built, within a second. */
  readonly close?: (parts: OpenParts) => Promise<void>;
}

interface Started<Read> {
  readonly config: Read;
  readonly parts: OpenParts;
  readonly once: RunOnce;
}

/** What guards the functions of one app: one set of settings, and one client per service. Nothing connects before it is used. */
export class GuardedApp<Read extends LockConfig = LockConfig> {
  readonly #options: GuardedAppOptions<Read>;
  readonly #sources: GuardedSource[] = [];
  readonly #processes = new Map<GuardedSource, ProcessMessage>();
  readonly #sweeps = new Map<string, SweepLocks>();
  readonly #shutdown = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #starting: Started<Read> | Error | undefined;
  #isWarned = false;
  #isWarnedOfSpellings = false;

  constructor(options: GuardedAppOptions<Read>) {
    this.#options = options;
    setMaxListeners(0, this.#shutdown.signal);
  }

  /** Aborted when the host ends the app. */
  get shutdown(): AbortSignal {
    return this.#shutdown.signal;
  }

  get sources(): readonly GuardedSource[] {
    return this.#sources;
  }

  get hints(): readonly string[] {
    return this.#options.read.hints;
  }

  /** Where its locks are: apps that share that must not share scopes. */
  get place(): string {
    const { config } = this.#options.read;
    return JSON.stringify([config?.lockStorage, config?.lockContainer]);
  }

  add(source: GuardedSource): void {
    this.#sources.push(source);
  }

  /** All that is wrong, a sentence each. Without sources the host hands over no messages, and host.json does not count. */
  problems(): readonly string[] {
    const { config, problems, hostProblems } = this.#options.read;
    return [
      ...(this.#sources.length > 0 ? hostProblems : []),
      ...problems,
      ...this.#sources.flatMap((source) => sourceProblems(source, config).map(inWordsOfHost)),
      ...scopeProblems(this.#sources),
    ];
  }

  /** @throws ConfigError that names all that is wrong, each time. */
  start(): Started<Read> {
    this.#starting ??= this.#start();
    if (this.#starting instanceof Error) throw this.#starting;
    return this.#starting;
  }

  /**
   * @throws LockStoreError if no repetition can mend it: locks are laid out otherwise than set, or there is no such container. A
   * store that does not answer, or does not let us in yet, is asked by each delivery.
   */
  async agreeOnLayout(): Promise<void> {
    const { parts } = this.start();
    const asked = await Promise.allSettled(
      this.#sources.map(({ scope, idOf, entity: { path } }) => agreeOnLayout(parts, { scope, path, idOf })),
    );
    for (const answer of asked) {
      if (answer.status === 'fulfilled') continue;
      const reason: unknown = answer.reason;
      if (reason instanceof LockStoreError && !reason.isTransient) throw reason;
    }
  }

  /**
   * Processes a delivery. The host completes the message when this resolves, and abandons it when it rejects.
   *
   * @throws Error, never anything else: the host would take `undefined` for success.
   */
  process(source: GuardedSource, body: unknown, invocation: InvocationContext): Promise<void> {
    return inInvocation(invocation, () => this.track(this.#process(source, body, invocation)));
  }

  /** Deletes the locks of all sources that are past their retention, as many as there is time for. */
  async sweep(invocation: InvocationContext): Promise<void> {
    const { config } = this.start();
    // Past the host's timeout the process would be restarted, with all that is at work in it.
    const limitMs = Math.max(0, config.functionTimeoutMs - seconds(30));
    const over = AbortSignal.any([this.shutdown, AbortSignal.timeout(limitMs)]);
    await inInvocation(invocation, async () => {
      await this.#warnOfOtherSpellings();
      // Side by side: one of millions of locks would leave the next no time.
      const sweeps = [...this.#sweeps].map(async ([scope, sweep]) =>
        logSweep(invocationLog, scope, await sweep.run(over)),
      );
      await Promise.allSettled(sweeps);
      await Promise.all(sweeps);
    });
  }

  /** Has the locks of this scope swept as well. */
  sweepsToo(scope: string): void {
    if (!this.#sweeps.has(scope)) this.#sweeps.set(scope, this.#sweepOf(scope, this.start()));
  }

  /** Notes work that the end of the app waits for. */
  async track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Asks all executions to end, and gives them a moment to release their locks: within the 5 s that the host gives. */
  async stop(): Promise<void> {
    this.#shutdown.abort();
    await within(seconds(3.5), Promise.allSettled(this.#running));
    if (this.#starting === undefined || this.#starting instanceof Error) return;
    await within(seconds(1), this.#options.close?.(this.#starting.parts) ?? Promise.resolve());
  }

  #start(): Started<Read> | Error {
    const problems = this.problems();
    const { config, hints } = this.#options.read;
    if (config === undefined || problems.length > 0) return new ConfigError(problems, hints);
    try {
      const parts = this.#options.build(config);
      parts.get(Token.lockStore); // a connection string that is not one is refused now
      for (const warning of config.warnings) invocationLog('warn', warning);
      for (const { scope } of this.#sources) this.#sweeps.set(scope, this.#sweepOf(scope, { config, parts }));
      return { config, parts, once: runOnceOf(parts, config) };
    } catch (error) {
      return asError(error);
    }
  }

  #sweepOf = (scope: string, { config, parts }: Pick<Started<Read>, 'config' | 'parts'>): SweepLocks =>
    sweepLocksOf(parts, { ...config, lockScope: scope });

  async #process(source: GuardedSource, body: unknown, invocation: InvocationContext): Promise<void> {
    const { config, parts } = this.start();
    const metadata = { parsed: invocation.triggerMetadata, exact: exactMetadataOf(invocation) };
    if (metadata.exact === undefined) this.#warnOfInexactIds();
    const received = receivedFromTrigger(body, metadata);
    const tracing = parts.get(Token.telemetry);
    await tracing.ready;
    const { idOf, maxDeliveryCount = config.maxDeliveryCount } = source;
    const { error } = await workOnDelivery(
      received,
      {
        processMessage: this.#processOf(source),
        consumer: consumerOf({ ...config, lockScope: source.scope }),
        idOf,
        tracing,
        log: invocationLog,
        maxDeliveryCount,
        destination: source.entity.path,
      },
      { handler: source.workOn(body, invocation), shutdown: this.shutdown, hostTrace: traceOf(invocation) },
    );
    if (error !== undefined) throw error;
  }

  #processOf(source: GuardedSource): ProcessMessage {
    const { config, parts } = this.start();
    const { maxDeliveryCount = config.maxDeliveryCount } = source;
    const noHandler = () => Promise.reject(new Error('Each delivery brings its own work.'));
    const process = this.#processes.get(source) ?? processMessageOf(parts, { ...config, maxDeliveryCount }, noHandler);
    this.#processes.set(source, process);
    return process;
  }

  /** Once a process. */
  async #warnOfOtherSpellings(): Promise<void> {
    if (this.#isWarnedOfSpellings) return;
    this.#isWarnedOfSpellings = true;
    const { config, parts } = this.start();
    for (const { entity, scope } of this.#sources) {
      const names = { ...config, queueName: entity.path, lockScope: scope };
      await warnOfOtherSpellings(parts.get(Token.storage), names, invocationLog);
    }
  }

  /** Once: it is true of every delivery. */
  #warnOfInexactIds(): void {
    if (!this.#isWarned) invocationLog('warn', inexactIds, { event: 'no-exact-message-ids' });
    this.#isWarned = true;
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
