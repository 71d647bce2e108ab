import { app, type HttpMethod, type ServiceBusQueueFunctionOptions } from '@azure/functions';
import { rememberMetadata } from '../../adapters/azure-functions/exact-metadata.ts';
import { HostJson } from '../../adapters/azure-functions/host-json.ts';
import { type HostProof, proveHost } from '../../adapters/azure-functions/host-proof.ts';
import { everyInterval } from '../../adapters/azure-functions/schedule.ts';
import type { Environment } from '../../adapters/environment/settings.ts';
import { healthPath, livePath } from '../../adapters/http/health-endpoint.ts';
import { openApiPath } from '../../adapters/http/openapi/document.ts';
import { messagesPath } from '../../adapters/http/status-path.ts';
import { asError } from '../../application/error-text.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { seconds } from '../../domain/time.ts';
import { type Config, ConfigError, readConfig } from '../composition/config.ts';
import { FunctionApp } from './function-app.ts';
import { invocationLog } from './invocation-log.ts';

export interface FunctionsOptions {
  /** The work of a message. Default: the handler that the setting MESSAGE_HANDLER names. */
  readonly handler?: MessageHandler;
  /** The settings. Default: the app settings, which the host puts into the process's environment. */
  readonly env?: Environment;
  /** Where host.json is. Default: the current folder, which the host makes that of the app. */
  readonly appFolder?: string;
}

/**
 * Registers the functions of this app with the host: `submitMessage`, `getMessageStatus`, `checkHealth`, `checkLiveness` and
 * `getOpenApi` over HTTP, `processMessage` for the queue, and `sweepLocks` on a timer. Call it once, synchronously, from the
 * app's entry file.
 *
 * @throws ConfigError that names everything that is wrong with the settings and host.json. The functions are registered
 * then all the same: a host takes an app that throws before its first registration for one without functions.
 */
export function registerFunctions({
  handler,
  env = process.env,
  appFolder = process.cwd(),
}: FunctionsOptions = {}): void {
  const starting = attempt(() => start(handler, env, appFolder));
  const running = (): FunctionApp => {
    if (starting.kind === 'failed') throw starting.error;
    return starting.app;
  };
  app.http('submitMessage', {
    methods,
    route: routeOf(messagesPath),
    authLevel: 'function',
    handler: async (request, context) => running().answer(request, context),
  });
  app.http('getMessageStatus', {
    methods,
    route: `${routeOf(messagesPath)}/{messageId}`,
    authLevel: 'function',
    handler: async (request, context) => running().answer(request, context),
  });
  app.http('checkHealth', {
    methods,
    route: routeOf(healthPath),
    authLevel: 'function',
    handler: async (request, context) => running().answer(request, context),
  });
  app.http('checkLiveness', {
    methods,
    route: routeOf(livePath),
    authLevel: 'anonymous', // the platform asks it, and has no key
    handler: async (request, context) => running().answer(request, context),
  });
  app.http('getOpenApi', {
    methods,
    route: routeOf(openApiPath),
    authLevel: 'anonymous', // it is public
    handler: async (request, context) => running().answer(request, context),
  });
  app.serviceBusQueue('processMessage', {
    ...queueTrigger,
    queueName: starting.kind === 'failed' ? (env['QUEUE_NAME'] ?? 'messages') : starting.config.queueName,
    handler: async (body, context) => running().process(body, context),
  });
  app.timer('sweepLocks', {
    schedule: everyInterval(starting.kind === 'failed' ? seconds(600) : starting.config.sweepIntervalMs),
    handler: async (_timer, context) => running().sweep(context),
  });
  app.hook.appStart(() => {
    try {
      rememberMetadata();
    } catch (error) {
      const sentence =
        'The Functions worker does not show message IDs as they were sent: those that are JSON are refused.';
      invocationLog('warn', sentence, { event: 'no-exact-message-ids', error });
    }
  });
  app.hook.appTerminate(async () => {
    if (starting.kind === 'started') await starting.app.stop();
  });
  if (starting.kind === 'failed') throw starting.error;
}

/** All that a host takes: for a method that is not registered it answers 404 itself, and with that neither 405 nor OPTIONS. */
const methods: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Below the host's own prefix, which is `api`. */
const routeOf = (path: string): string => path.replace(/^[/]api[/]/, '');

/**
 * One message at a time, and no sessions: a lock guards one message. Its body as bytes: made a text, one that is not UTF-8
 * would be damaged, and members of a JSON one would replace the message's own properties. No retry: the broker delivers again.
 */
const queueTrigger: Omit<ServiceBusQueueFunctionOptions, 'queueName' | 'handler'> & { readonly dataType: 'binary' } = {
  connection: 'ServiceBusConnection',
  cardinality: 'one',
  isSessionsEnabled: false,
  autoCompleteMessages: true,
  dataType: 'binary',
};

type Starting =
  | { readonly kind: 'started'; readonly app: FunctionApp; readonly config: Config }
  | { readonly kind: 'failed'; readonly error: unknown };

function attempt(work: () => Starting): Starting {
  try {
    return work();
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function start(handler: MessageHandler | undefined, env: Environment, appFolder: string): Starting {
  const config = readFunctionsConfig(env, appFolder);
  for (const warning of config.warnings) invocationLog('warn', warning);
  return { kind: 'started', app: new FunctionApp(config, handler), config };
}

/** The settings, with the host's own time out, checked together. */
function readFunctionsConfig(env: Environment, appFolder: string): Config {
  const host = proofOf(appFolder, env);
  const { config, problems, hints } = settings({ ...env, FUNCTION_TIMEOUT: isoDuration(host.functionTimeoutMs) });
  const all = [...host.problems, ...problems];
  if (config === undefined || all.length > 0) throw new ConfigError(all, hints);
  return { ...config, warnings: [...config.warnings, ...host.warnings] };
}

function proofOf(appFolder: string, env: Environment): HostProof {
  try {
    return proveHost(HostJson.read(appFolder, env));
  } catch (error) {
    return { functionTimeoutMs: undefined, problems: [asError(error).message], warnings: [] };
  }
}

function settings(env: Environment): {
  readonly config?: Config;
  readonly problems: readonly string[];
  readonly hints: readonly string[];
} {
  try {
    return { config: readConfig(env), problems: [], hints: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      problems: error.problems.map((text) => text.replaceAll('FUNCTION_TIMEOUT', 'functionTimeout of host.json')),
      hints: error.hints,
    };
  }
}

const isoDuration = (duration: number | undefined): string => (duration === undefined ? '' : `PT${duration / 1000}S`);
