import type { Environment } from '../../adapters/environment/settings.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { logTo } from '../../adapters/telemetry/stdout-log.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { readConfig } from '../composition/config.ts';
import { logSettingsOf } from '../composition/settings/log-settings.ts';
import { runUntilSignal } from './run-until-signal.ts';
import { type StandaloneHost, startStandaloneHost } from './standalone-host.ts';

export interface HostOptions {
  /** The work of a message. Default: the handler that the setting MESSAGE_HANDLER names. */
  readonly handler?: MessageHandler;
  /** The settings. Default: the process's environment. */
  readonly env?: Environment;
  /** Default: the standard output, in the format and from the level that the settings say. */
  readonly log?: Log;
  /** Whether SIGINT, SIGTERM and SIGHUP stop the host and end the process, as a service wants. Default: yes. */
  readonly endsOnSignal?: boolean;
}

/**
 * Starts a host of its own around `handler`: HTTP, and the queue.
 *
 * @throws ConfigError that names everything that is wrong with the settings.
 * @throws Error if the store or the queue cannot be reached, or the port is taken. Nothing is left running then.
 */
export async function startHost({
  handler,
  env = process.env,
  log = logTo(process.stdout, logSettingsOf(env)),
  endsOnSignal = true,
}: HostOptions = {}): Promise<StandaloneHost> {
  const config = readConfig(env);
  const host = await startStandaloneHost(config, log, { handler });
  if (endsOnSignal) void runUntilSignal(log, config.shutdownTimeoutMs, async () => host);
  log('info', `Ready on ${host.address}`, { queue: config.queueName });
  return host;
}
