import { isConnectionSetting } from '../../adapters/environment/setting-names.ts';
import type { Environment } from '../../adapters/environment/settings.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { readConfig } from '../composition/config.ts';
import { workContainers } from '../composition/work-containers.ts';
import { type EngineSettings, readEngineSettings } from './engine-settings.ts';

export interface LocalSettings {
  readonly engines: EngineSettings;
  /** The names of the containers that a host on these engines needs. */
  readonly containers: readonly string[];
}

/**
 * The settings of the engines, checked together with those of the host that is to run on them before anything starts. A host
 * that runs elsewhere checks its own: `hostEnvironment` is then what the engines need to know of it.
 *
 * @throws ConfigError that names every bad setting of both.
 */
export function readLocalSettings(environment: Environment, hostEnvironment = environment): LocalSettings {
  const problems = new Set<string>();
  const hints = new Set<string>();
  const engines = unlessBad(() => readEngineSettings(environment), { problems, hints });
  // Only for its form: the engines' own strings are known once they run.
  const embedded = {
    ServiceBusConnection: 'Endpoint=sb://embedded;SharedAccessKeyName=embedded;SharedAccessKey=embedded',
    LockStorage:
      'DefaultEndpointsProtocol=http;AccountName=embedded;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1/embedded',
  };
  const config = unlessBad(() => readConfig(withConnections(hostEnvironment, embedded)), { problems, hints });
  if (engines === undefined || config === undefined) throw new ConfigError([...problems], [...hints]);
  return { engines, containers: [config.lockContainer, ...Object.values(workContainers)] };
}

/** `environment` with these connections in the place of whatever ones it has, those of an identity included. */
export const withConnections = (environment: Environment, connections: Environment): Environment => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(([name]) => !isConnectionSetting(name.replace(/^AzureWebJobs/i, ''))),
  ),
  ...connections,
});

function unlessBad<T>(
  read: () => T,
  { problems, hints }: { readonly problems: Set<string>; readonly hints: Set<string> },
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) problems.add(problem);
    for (const hint of error.hints) hints.add(hint);
    return undefined;
  }
}
