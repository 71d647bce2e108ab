import { stdoutLog } from '../../adapters/telemetry/stdout-log.ts';
import { readConfig } from '../config.ts';
import { workContainers } from '../container.ts';
import { runUntilSignal } from '../standalone/run-until-signal.ts';
import { readEngineSettings } from './engine-settings.ts';
import { startEngines } from './engines.ts';

await runUntilSignal(stdoutLog, async () => {
  const engineSettings = readEngineSettings(process.env);
  const { lockContainer } = readConfig({ ...process.env, ServiceBusConnection: 'embedded', LockStorage: 'embedded' });
  const engines = await startEngines(engineSettings, [lockContainer, ...Object.values(workContainers)]);
  for (const [name, value] of Object.entries(engines.settings)) process.stdout.write(`${name}=${value}\n`);
  process.stdout.write('# For development only: the two engines keep everything in memory. Ctrl-C ends them.\n');
  return engines;
});
