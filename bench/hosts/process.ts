import { serveCalls } from '../processes/serve-calls.ts';
import { startProfile } from '../profile/record.ts';
import { startAssembled } from './assembled.ts';
import { startBare } from './bare.ts';
import type { Host, HostSettings } from './host.ts';
import { logToNowhere } from './log.ts';
import { startStandalone } from './standalone.ts';

// One host in a process of its own. It can be stopped and started again: what was compiled stays compiled.
let host: Host | undefined;
let stopProfile: Awaited<ReturnType<typeof startProfile>> | undefined;

function start(settings: HostSettings): Promise<Host> {
  const log = settings.logs ? logToNowhere() : () => undefined;
  switch (settings.kind) {
    case 'standalone':
      return startStandalone(settings, log);
    case 'bare':
      return startBare(settings);
    case 'locks-in-memory':
    case 'no-lock':
      return startAssembled(settings, log);
  }
}

serveCalls({
  /** Says where it listens. */
  start: async (settings: HostSettings): Promise<string> => {
    host = await start(settings);
    return host.address;
  },
  stop: () => host?.stop(),
  /** User and system time of this process so far, in microseconds. */
  cpuUs: (): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  startProfile: async () => {
    stopProfile = await startProfile();
  },
  /** The processor's samples since then. */
  stopProfile: () => stopProfile?.(),
  /** In bytes, after a garbage collection. */
  memory: (): Memory => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    return { heapUsed, rss };
  },
});

export interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
}
