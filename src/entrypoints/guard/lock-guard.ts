import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../../adapters/environment/settings.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { sweepLog } from '../../adapters/telemetry/logged-sweep.ts';
import { stdoutLog } from '../../adapters/telemetry/stdout-log.ts';
import type { SleepSignal } from '../../application/ports/clock.ts';
import type { HandlerContext } from '../../application/ports/message-handler.ts';
import { sweepRegularly } from '../../application/sweep/sweep-regularly.ts';
import { readLockConfig } from '../composition/config.ts';
import { buildLockContainer, type OpenParts, runOnceOf, sweepLocksOf } from '../composition/lock-container.ts';
import { type OnceOptions, type OnceResult, prepareOnce } from './once.ts';

export interface LockGuardOptions {
  /** The settings: LockStorage and those of the lock. Default: the process's environment. */
  readonly env?: Environment;
  /** Default: the standard output. */
  readonly log?: Log;
  /** Puts parts of your own in the place of shipped ones: `container.rebind(Token.lockStore)…`. */
  readonly configure?: (container: OpenParts) => void;
}

/** Does work once in any process: a script, a server, a consumer of another broker. */
export interface LockGuard {
  /** See OnceResult for how it ends. */
  once<Result>(
    options: OnceOptions,
    work: (context: HandlerContext) => Promise<Result> | Result,
  ): Promise<OnceResult<Result>>;
  /** Asks all work to end, and resolves when its locks are given up. */
  stop(): Promise<void>;
}

/**
 * A guard over one lock store, without a host. As long as the process runs, it sweeps the scopes that were used in it.
 *
 * @throws ConfigError that names everything that is wrong with the settings.
 */
export function lockGuard({ env = process.env, log = stdoutLog, configure }: LockGuardOptions = {}): LockGuard {
  const config = readLockConfig(env);
  for (const warning of config.warnings) log('warn', warning);
  const container = buildLockContainer(config, log);
  configure?.(container);
  const runOnce = runOnceOf(container, config);
  const shutdown = new AbortController();
  const running = new Set<Promise<unknown>>();
  const sweeping = new Map<string, Promise<void>>();
  setMaxListeners(0, shutdown.signal);
  const sweeps = (lockScope: string): void => {
    if (sweeping.has(lockScope)) return;
    const clock = { sleep: unreferencedSleep };
    const sweep = sweepLocksOf(container, { ...config, lockScope });
    sweeping.set(
      lockScope,
      sweepRegularly(sweep, { clock, log: sweepLog(log), intervalMs: config.sweepIntervalMs, over: shutdown.signal }),
    );
  };
  return {
    once: async (options, work) => {
      const once = prepareOnce(options);
      sweeps(options.scope);
      const call = once(runOnce, work, shutdown.signal);
      running.add(call);
      try {
        return await call;
      } finally {
        running.delete(call);
      }
    },
    stop: async () => {
      shutdown.abort();
      await Promise.allSettled([...running, ...sweeping.values()]);
    },
  };
}

/** A process that is done need not wait for the next sweep. */
const unreferencedSleep = (waitMs: number, signal?: SleepSignal): Promise<void> =>
  pause(waitMs, undefined, { ref: false, ...(signal instanceof AbortSignal && { signal }) });
