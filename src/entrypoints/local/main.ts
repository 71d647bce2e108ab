import { stdoutLog } from '../../adapters/telemetry/stdout-log.ts';
import { readConfig } from '../composition/config.ts';
import { runUntilSignal } from '../standalone/run-until-signal.ts';
import { startStandaloneHost } from '../standalone/standalone-host.ts';
import { startEngines } from './engines.ts';
import { readLocalSettings, withConnections } from './local-settings.ts';

await runUntilSignal(stdoutLog, async (over) => {
  const settings = readLocalSettings(process.env);
  const engines = await startEngines(settings.engines, settings.containers);
  try {
    const config = readConfig(withConnections(process.env, engines.settings));
    const host = await startStandaloneHost(config, stdoutLog, { over });
    stdoutLog('info', `Ready on ${host.address}`, {
      queue: config.queueName,
      handler: config.messageHandler,
      blobs: engines.blobAddress,
      note: 'The engines are for development: they keep everything in memory.',
    });
    return {
      broken: engines.broken,
      stop: async () => {
        await host.stop(); // first: what is at work still needs its queue and its store
        await engines.stop();
      },
    };
  } catch (error) {
    await engines.stop();
    throw error;
  }
});
