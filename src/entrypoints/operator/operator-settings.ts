import { AzdEnvironmentError, azdEnvironment } from '../../adapters/environment/azd-environment.ts';
import { localConnections } from '../../adapters/environment/local-connections.ts';
import { isConnectionSetting } from '../../adapters/environment/setting-names.ts';
import type { Environment } from '../../adapters/environment/settings.ts';
import { type OptionValues, UsageError } from '../../adapters/operator-cli/command.ts';
import type { DeadLetterSource } from '../../adapters/service-bus/dead-letters/service-bus-dead-letters.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { type Config, readConfig } from '../composition/config.ts';

export interface OperatorSettings {
  readonly config: Config;
  readonly source: DeadLetterSource;
  /** Whether the scope was named, by an option or a setting. Default: what the queue or subscription gives. */
  readonly isScopeGiven?: boolean;
  /** Whether the queue drops a message whose ID it has seen; undefined if nobody says. */
  readonly dropsDuplicates: boolean | undefined;
}

/**
 * What is operated on: the app's settings, from the environment, azd or the local engines, for one queue or subscription.
 *
 * @throws UsageError that names everything that is wrong.
 */
export function operatorSettings(options: OptionValues, env: Environment): OperatorSettings {
  const [topic, subscription, queue] = [options.text('topic'), options.text('subscription'), options.text('queue')];
  if ((topic === undefined) !== (subscription === undefined)) {
    throw new UsageError('--topic and --subscription go together: a subscription has dead letters, a topic has none.');
  }
  if (topic !== undefined && queue !== undefined)
    throw new UsageError('--queue and --topic are two sources. Give one.');
  const entity = topic === undefined ? queue : `${topic}/subscriptions/${subscription}`;
  const scope = options.text('scope') ?? entity?.toLowerCase();
  const environment: Environment = {
    ...settingsOf(options, env),
    ...(entity !== undefined && { QUEUE_NAME: entity }),
    ...(scope !== undefined && { LOCK_SCOPE: scope }),
  };
  try {
    const config = readConfig(environment);
    const detection = environment['DUPLICATE_DETECTION'];
    return {
      config,
      isScopeGiven: options.text('scope') !== undefined || (entity === undefined && 'LOCK_SCOPE' in environment),
      source: topic !== undefined && subscription !== undefined ? { topic, subscription } : { queue: config.queueName },
      dropsDuplicates: detection === undefined ? undefined : detection !== 'off',
    };
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

function settingsOf(options: OptionValues, env: Environment): Environment {
  const azd = options.text('azd');
  if (azd === undefined && !options.is('local')) return env;
  if (azd !== undefined && options.is('local')) throw new UsageError('--azd and --local are two targets. Give one.');
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !isConnectionSetting(name)));
  try {
    const name = azd === 'default' ? env['AZURE_ENV_NAME'] : azd;
    return { ...others, ...(azd === undefined ? localConnections(env) : azdEnvironment(process.cwd(), name)) };
  } catch (error) {
    throw error instanceof AzdEnvironmentError ? new UsageError(error.message) : error;
  }
}
