import { settingLines } from '../../adapters/environment/setting-lines.ts';
import { shutdownTimeoutOf } from '../../adapters/environment/shutdown-timeout.ts';
import { runUntilSignal } from '../../adapters/system/run-until-signal.ts';
import { told } from '../../adapters/system/told.ts';
import { logTo } from '../../adapters/telemetry/stdout-log.ts';
import { logSettingsOf } from '../composition/settings/log-settings.ts';
import { readLocalSettings } from './local-settings.ts';

// The standard output has nothing but the settings, for whatever reads them there.
const log = logTo(process.stderr, logSettingsOf(process.env));

await runUntilSignal(log, shutdownTimeoutOf(process.env), async () => {
  const { LOCK_CONTAINER } = process.env;
  const settings = readLocalSettings(process.env, { LOCK_CONTAINER });
  log('info', 'Starting Azurite for the blobs and the Service Bus emulator for the queue.');
  const engines = await told(log, 'Starting the engines', async () => {
    const { startEngines } = await import('./engines.ts');
    return startEngines(settings.engines, settings.containers);
  });
  log('info', 'The engines run until Ctrl-C, and keep nothing on disk. The settings of a host on them:');
  const lines = settingLines(engines.settings, {
    isTerminal: process.stdout.isTTY === true,
    isWindows: process.platform === 'win32',
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  return engines;
});
