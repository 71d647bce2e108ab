import { ConfigError } from '../../application/settings/config-error.ts';
import { withoutSecrets } from '../../application/without-secrets.ts';
import type { DurationMs } from '../../domain/time.ts';

type Log = (level: 'info' | 'error', message: string, facts?: Readonly<Record<string, unknown>>) => void;

/** SIGHUP comes when the terminal is closed, and SIGBREAK on Windows with Ctrl-Break. */
const stopSignals = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : []),
] as const;

interface Running {
  stop(): Promise<void>;
  /** Resolves, with what happened, if it can run no further. */
  readonly broken?: Promise<Error>;
}

/**
 * Runs what `start` starts until a signal to stop or `broken`, then stops it and ends the process: with 0 after a signal, with
 * 1 if it did not start or broke. A signal during the start aborts `over`. It ends after `shutdownTimeoutMs` with 1 all the same,
 * whatever it is at.
 */
export async function runUntilSignal(
  log: Log,
  shutdownTimeoutMs: DurationMs,
  start: (over: AbortSignal) => Promise<Running>,
): Promise<never> {
  const over = new AbortController();
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    // Not once: a terminal and a package manager can both pass on one Ctrl-C, and the second would kill.
    for (const signal of stopSignals) process.on(signal, resolve);
  });
  const endSoon = () => setTimeout(() => process.exit(1), shutdownTimeoutMs).unref();
  void signalled.then((signal) => {
    endSoon();
    over.abort(new Error(`${signal}: stopped before the start was complete.`));
  });
  try {
    const running = await start(over.signal);
    const end = await Promise.race([signalled, ...(running.broken ? [running.broken] : [])]);
    log('info', end instanceof Error ? `${end.message} Stopping.` : `${end}: stopping.`);
    endSoon();
    await running.stop();
    process.exit(end instanceof Error ? 1 : 0);
  } catch (error) {
    const isStopped = error === over.signal.reason;
    const problems = error instanceof ConfigError ? { problems: [...error.problems, ...error.hints] } : {};
    log(isStopped ? 'info' : 'error', withoutSecrets(error instanceof Error ? error.message : String(error)), problems);
    process.exit(isStopped ? 0 : 1);
  }
}
