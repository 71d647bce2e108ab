import type { Environment } from '../../adapters/environment/settings.ts';
import {
  type HttpOption,
  hostedSource,
  httpSource,
  problemsOf,
  type Source,
} from '../../adapters/service-bus/source.ts';
import { pathOf } from '../../adapters/service-bus/source-entity.ts';
import { runUntilSignal } from '../../adapters/system/run-until-signal.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { logTo } from '../../adapters/telemetry/stdout-log.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { type Config, readConfig } from '../composition/config.ts';
import type { OpenParts } from '../composition/lock-container.ts';
import { logSettingsOf } from '../composition/settings/log-settings.ts';
import { type StandaloneHost, type StartOptions, startStandaloneHost } from './standalone-host.ts';

interface CommonOptions {
  /** Puts parts of your own in the place of shipped ones: `container.rebind(Token.lockStore)…`. */
  readonly configure?: (container: OpenParts) => void;
  /** The settings. Default: the process's environment. */
  readonly env?: Environment;
  /** Default: the standard output, in the format and from the level that the settings say. */
  readonly log?: Log;
  /** Whether SIGINT, SIGTERM and SIGHUP stop the host and end the process, as a service wants. Default: yes. */
  readonly endsOnSignal?: boolean;
}

/** A host of one queue, QUEUE_NAME, with HTTP. */
export interface QueueHostOptions extends CommonOptions {
  /** The work of a message. Default: the handler that the setting MESSAGE_HANDLER names. */
  readonly handler?: MessageHandler;
  /** What a message is known by, in the place of the ID that its sender chose. */
  readonly idOf?: IdOf;
  readonly sources?: undefined;
}

/** A host of any number of queues and subscriptions. */
export interface SourcesHostOptions extends CommonOptions {
  readonly sources: readonly Source[];
  /** Whether HTTP is served, and to which of the queues it submits. May be left out if there is one source, a queue. */
  readonly http?: HttpOption;
}

export type HostOptions = QueueHostOptions | SourcesHostOptions;

/**
 * Starts a host of its own around handlers: the queues and subscriptions, and HTTP.
 *
 * @throws ConfigError that names everything that is wrong with the settings and the sources.
 * @throws Error if the store or a queue cannot be reached, or the port is taken. Nothing is left running then.
 */
export async function startHost(options: HostOptions = {}): Promise<StandaloneHost> {
  const { env = process.env, endsOnSignal = true, configure } = options;
  const { log = logTo(process.stdout, logSettingsOf(env)) } = options;
  const { config, ...start } =
    options.sources === undefined ? { config: readConfig(env), ...handling(options) } : readSources(options, env);
  const host = await startStandaloneHost(config, log, { ...start, ...(configure !== undefined && { configure }) });
  if (endsOnSignal) void runUntilSignal(log, config.shutdownTimeoutMs, async () => host);
  const queues = start.sources?.map(({ entity }) => pathOf(entity)) ?? [config.queueName];
  log('info', host.address === '' ? 'Ready' : `Ready on ${host.address}`, { queue: queues.join(', ') });
  return host;
}

const handling = ({ handler, idOf }: QueueHostOptions): StartOptions => ({
  handler,
  ...(idOf !== undefined && { idOf }),
});

/** The settings are those of the source that HTTP submits to, which takes the place of QUEUE_NAME. */
function readSources(
  { sources, http }: SourcesHostOptions,
  env: Environment,
): Required<Pick<StartOptions, 'sources' | 'servesHttp'>> & StartOptions & { readonly config: Config } {
  const main = httpSource(sources, http);
  const problem = main !== undefined && 'problem' in main ? [main.problem] : [];
  const source = main === undefined || 'problem' in main ? undefined : main;
  const named: Record<string, string | undefined> = { ...env };
  if (source !== undefined && 'queueName' in source) named['QUEUE_NAME'] = source.queueName;
  if (source?.scope !== undefined) named['LOCK_SCOPE'] = source.scope;
  const scopes =
    env['LOCK_SCOPE'] === undefined || env['LOCK_SCOPE'] === ''
      ? []
      : ['LOCK_SCOPE is set, but the host has sources: give each the scope that it needs.'];
  const read = attempt(() => readConfig(named));
  const problems = [...problem, ...scopes, ...problemsOf(sources, read.config), ...read.problems];
  if (read.config === undefined || problems.length > 0) throw new ConfigError(problems, read.hints);
  const { config } = read;
  return {
    config,
    sources: sources.map((each) => hostedSource(each, config)),
    servesHttp: source !== undefined,
    ...(source?.idOf !== undefined && { idOf: source.idOf }),
  };
}

function attempt(read: () => Config): {
  readonly config?: Config;
  readonly problems: readonly string[];
  readonly hints: readonly string[];
} {
  try {
    return { config: read(), problems: [], hints: [] };
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
