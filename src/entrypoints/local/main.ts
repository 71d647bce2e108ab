import { shutdownTimeoutOf } from '../../adapters/environment/shutdown-timeout.ts';
import { runUntilSignal } from '../../adapters/system/run-until-signal.ts';
import { told } from '../../adapters/system/told.ts';
import { logTo } from '../../adapters/telemetry/stdout-log.ts';
import { readConfig } from '../composition/config.ts';
import { logSettingsOf } from '../composition/settings/log-settings.ts';
import { firstRequest } from './first-request.ts';
import { readLocalSettings, withConnections } from './local-settings.ts';

const log = logTo(process.stdout, logSettingsOf(process.env));

await runUntilSignal(log, shutdownTimeoutOf(process.env), async (over) => {
  const settings = readLocalSettings(process.env);
  log('info', 'Starting Azurite for the blobs, the Service Bus emulator for the queue, and the host on both.');
  // Loaded only now: that takes a while, and until the first line a terminal shows nothing.
  const [{ startEngines }, { startStandaloneHost }] = await told(log, 'Loading the SDKs', () =>
    Promise.all([import('./engines.ts'), import('../standalone/standalone-host.ts')]),
  );
  const engines = await told(log, 'Starting the engines', () => startEngines(settings.engines, settings.containers));
  log('info', `The engines run. Blobs can be read at ${engines.blobAddress} without a key. Nothing is kept on disk.`);
  try {
    const config = readConfig(withConnections(process.env, engines.settings));
    const host = await told(log, 'Starting the host', () => startStandaloneHost(config, log, { over, isLocal: true }));
    const { queueName: queue, messageHandler: handler } = config;
    log('info', `Ready on ${host.address}`, { queue, handler, blobs: engines.blobAddress });
    log('info', `Open ${host.address} in a browser to see what it does.`);
    log('info', `Try it in another terminal:  ${firstRequest(host.address, handler)}`);
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
