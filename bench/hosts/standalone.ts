import type { Log } from '../../src/adapters/telemetry/log.ts';
import { startHost } from '../../src/entrypoints/standalone/start-host.ts';
import type { Host, HostSettings } from './host.ts';

/** The product's own host around an empty handler. */
export const startStandalone = ({ env }: HostSettings, log: Log): Promise<Host> =>
  startHost({ handler: async () => undefined, env, log, endsOnSignal: false });
