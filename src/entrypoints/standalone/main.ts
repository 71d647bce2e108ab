import { stdoutLog } from '../../adapters/telemetry/stdout-log.ts';
import { readConfig } from '../composition/config.ts';
import { runUntilSignal } from './run-until-signal.ts';
import { startStandaloneHost } from './standalone-host.ts';

await runUntilSignal(stdoutLog, async (over) => {
  const config = readConfig(process.env);
  const host = await startStandaloneHost(config, stdoutLog, { over });
  stdoutLog('info', `Ready on ${host.address}`, { queue: config.queueName, handler: config.messageHandler });
  return host;
});
