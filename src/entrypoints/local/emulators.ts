import { stdoutLog } from '../../adapters/telemetry/stdout-log.ts';
import { runUntilSignal } from '../standalone/run-until-signal.ts';
import { startEngines } from './engines.ts';
import { readLocalSettings } from './local-settings.ts';

await runUntilSignal(stdoutLog, async () => {
  const settings = readLocalSettings(process.env);
  const engines = await startEngines(settings.engines, settings.containers);
  for (const [name, value] of Object.entries(engines.settings)) process.stdout.write(`${name}=${value}\n`);
  process.stdout.write('# For development only: the two engines keep everything in memory. Ctrl-C ends them.\n');
  return engines;
});
