import type { Log } from '../../adapters/telemetry/json-lines.ts';

/** How long after a signal the process ends all the same, whatever it is at: starting or stopping. */
const longestStopMs = 4500;

interface Running {
  stop(): Promise<void>;
  /** Resolves, with what happened, if it can run no further. */
  readonly broken?: Promise<Error>;
}

/**
 * Runs what `start` starts until SIGINT, SIGTERM or `broken`, then stops it and ends the process: with 0 after a signal, with
 * 1 if it did not start or broke.
 */
export async function runUntilSignal(log: Log, start: () => Promise<Running>): Promise<never> {
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    // Not once: a terminal and a package manager can both pass on one Ctrl-C, and the second would kill.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  const endSoon = () => setTimeout(() => process.exit(1), longestStopMs).unref();
  void signalled.then(endSoon);
  try {
    const running = await start();
    const end = await Promise.race([signalled, ...(running.broken ? [running.broken] : [])]);
    log('info', end instanceof Error ? `${end.message} Stopping.` : `${end}: stopping.`);
    endSoon();
    await running.stop();
    process.exit(end instanceof Error ? 1 : 0);
  } catch (error) {
    log('error', error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
