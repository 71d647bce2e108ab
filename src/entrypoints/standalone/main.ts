import { shutdownTimeoutOf } from '../../adapters/environment/shutdown-timeout.ts';
import { runUntilSignal } from '../../adapters/system/run-until-signal.ts';
import { logTo } from '../../adapters/telemetry/stdout-log.ts';
import { readConfig } from '../composition/config.ts';
import { logSettingsOf } from '../composition/settings/log-settings.ts';
import { startStandaloneHost } from './standalone-host.ts';

const log = logTo(process.stdout, logSettingsOf(process.env));

await runUntilSignal(log, shutdownTimeoutOf(process.env), async (over) => {
  const config = readConfig(process.env);
  const host = await startStandaloneHost(config, log, { over });
  log('info', `Ready on ${host.address}`, { queue: config.queueName, handler: config.messageHandler });
  return host;
});
