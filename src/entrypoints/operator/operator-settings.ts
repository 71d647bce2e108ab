import { AzdEnvironmentError, azdEnvironment } from '../../adapters/environment/azd-environment.ts';
import { isConnectionSetting } from '../../adapters/environment/setting-names.ts';
import type { Environment } from '../../adapters/environment/settings.ts';
import { type OptionValues, UsageError } from '../../adapters/operator-cli/command.ts';
import type { DeadLetterSource } from '../../adapters/service-bus/dead-letters/service-bus-dead-letters.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { type Config, readConfig } from '../composition/config.ts';

export interface OperatorSettings {
  readonly config: Config;
  readonly source: DeadLetterSource;
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

/** Where "npm start" and "npm run emulators" have their engines. Both keys are public: they protect nothing. */
const localConnections = ({
  EMULATOR_SERVICE_BUS_PORT: serviceBusPort = '5672',
  EMULATOR_BLOB_PORT: blobPort = '10000',
}: Environment): Environment => ({
  ServiceBusConnection: `Endpoint=sb://127.0.0.1:${serviceBusPort};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
  LockStorage: `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:${blobPort}/devstoreaccount1;`,
});
