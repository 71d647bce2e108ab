import { stdoutLog } from '../../adapters/telemetry/stdout-log.ts';
import { readConfig } from '../config.ts';
import { workContainers } from '../container.ts';
import { runUntilSignal } from '../standalone/run-until-signal.ts';
import { startStandaloneHost } from '../standalone/standalone-host.ts';
import { readEngineSettings } from './engine-settings.ts';
import { startEngines } from './engines.ts';

await runUntilSignal(stdoutLog, async () => {
  const engineSettings = readEngineSettings(process.env);
  // Before any engine starts: a bad setting is told at once, and leaves nothing behind.
  const { lockContainer } = readConfig({ ...process.env, ServiceBusConnection: 'embedded', LockStorage: 'embedded' });
  const engines = await startEngines(engineSettings, [lockContainer, ...Object.values(workContainers)]);
  try {
    const config = readConfig({ ...process.env, ...engines.settings });
    const host = await startStandaloneHost(config, stdoutLog);
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
