import { app } from '@azure/functions';
import { rememberMetadata } from '../../adapters/azure-functions/exact-metadata.ts';
import { everyInterval } from '../../adapters/azure-functions/schedule.ts';
import { type ExportedTelemetry, exportTelemetry } from '../../adapters/telemetry/exported-telemetry.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { scopeProblems } from '../../application/settings/source-problems.ts';
import { type DurationMs, seconds } from '../../domain/time.ts';
import type { GuardedApp } from './guarded-app.ts';
import { exportLinesTo, invocationLog } from './invocation-log.ts';

/** All that is guarded in this process. The names of functions are the process's, and so is the one that sweeps. */
const apps: HostedApp[] = [];

type HostedApp = Pick<GuardedApp, 'sources' | 'place' | 'problems' | 'hints' | 'agreeOnLayout' | 'sweep' | 'stop'> & {
  start(): unknown;
};

/** Has the host start, sweep and end `guarded` with the app. Without an interval it does not sweep. */
export function hostApp(guarded: HostedApp, sweepIntervalMs: DurationMs | undefined): void {
  apps.push(guarded);
  if (apps.length > 1) return;
  if (sweepIntervalMs !== undefined) {
    app.timer('sweepLocks', {
      schedule: everyInterval(sweepIntervalMs),
      handler: async (_timer, context) => void (await Promise.all(apps.map((each) => each.sweep(context)))),
    });
  }
  let exported: ExportedTelemetry | undefined;
  app.hook.appStart(async () => {
    tryToRememberMetadata();
    proveAll();
    await Promise.all(apps.map((each) => each.agreeOnLayout()));
    exported = await exportTelemetry(invocationLog, { hostsLogs: true });
    exportLinesTo(exported.log);
  });
  app.hook.appTerminate(async () => {
    const start = performance.now();
    await Promise.all(apps.map((each) => each.stop()));
    await exported?.stop(seconds(4.7) - (performance.now() - start)); // the host ends the process after 5 s
  });
}

/**
 * @throws ConfigError that names all that is wrong with all of them. The host then does not start the app: no message is taken
 * off a queue only to fail.
 */
function proveAll(): void {
  const shared = [...new Set(apps.map(({ place }) => place))].map((at) => apps.filter(({ place }) => place === at));
  const problems = [
    ...apps.flatMap((each) => each.problems()),
    ...shared.flatMap((at) => scopeProblems(at.flatMap(({ sources }) => sources))),
  ];
  if (problems.length > 0) {
    throw new ConfigError([...new Set(problems)], [...new Set(apps.flatMap(({ hints }) => hints))]);
  }
  for (const each of apps) each.start();
}

function tryToRememberMetadata(): void {
  try {
    rememberMetadata();
  } catch (error) {
    const sentence =
      'The Functions worker does not show message IDs as they were sent: those that are JSON are refused.';
    invocationLog('warn', sentence, { event: 'no-exact-message-ids', error });
  }
}
