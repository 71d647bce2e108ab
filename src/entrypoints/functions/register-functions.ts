import { app, type HttpFunctionOptions, type HttpMethod } from '@azure/functions';
import { readAppConfig } from '../../adapters/azure-functions/app-config.ts';
import { guardedTrigger } from '../../adapters/azure-functions/guarded-trigger.ts';
import { routePrefixProblems } from '../../adapters/azure-functions/host-proof.ts';
import { traceOf } from '../../adapters/azure-functions/invocation-trace.ts';
import { apiRequest, hostResponse } from '../../adapters/azure-functions/web-http.ts';
import { type Environment, Settings } from '../../adapters/environment/settings.ts';
import { healthPath, livePath } from '../../adapters/http/health-endpoint.ts';
import type { HttpRules } from '../../adapters/http/http-api.ts';
import { openApiPath } from '../../adapters/http/openapi/document.ts';
import { operatePath } from '../../adapters/http/operator-page/links.ts';
import { messagesPath } from '../../adapters/http/status-path.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { readConfig, readSweepInterval } from '../composition/config.ts';
import { buildContainer, Token } from '../composition/container.ts';
import { httpRulesOf } from '../composition/http-api.ts';
import type { OpenParts } from '../composition/lock-container.ts';
import { GuardedApp } from './guarded-app.ts';
import type { GuardedSource } from './guarded-source.ts';
import { hostApp } from './hosted-apps.ts';
import { inInvocation, invocationLog } from './invocation-log.ts';

export interface FunctionsOptions {
  /** The work of a message. Default: the handler that the setting MESSAGE_HANDLER names. */
  readonly handler?: MessageHandler;
  /** What a message is known by, in the place of the ID that its sender chose. */
  readonly idOf?: IdOf;
  /** The settings. Default: the app settings, which the host puts into the process's environment. */
  readonly env?: Environment;
  /** Where host.json is. Default: the current folder, which the host makes that of the app. */
  readonly appFolder?: string;
  /** Puts parts of your own in the place of shipped ones: `container.rebind(Token.lockStore)…`. */
  readonly configure?: (container: OpenParts) => void;
}

/**
 * Registers the functions of this app with the host: `submitMessage`, `getMessageStatus`, `checkHealth`, `checkLiveness` and
 * `getOpenApi` over HTTP, with `ADMIN_API=on` also `operate`, `processMessage` for the queue, guarded, and `sweepLocks` on a timer unless that is off. Call it once, synchronously, from the
 * app's entry file. What is wrong with the settings and host.json is told when the app starts, all of it: see messageGuard.
 */
export function registerFunctions({
  handler,
  idOf,
  env = process.env,
  appFolder = process.cwd(),
  configure = () => undefined,
}: FunctionsOptions = {}): void {
  const read = readAppConfig(readConfig, env, appFolder, routePrefixProblems);
  const guarded = new GuardedApp({
    read,
    build: (config) => {
      const container = buildContainer(config, invocationLog, handler, idOf);
      configure(container);
      container.get(Token.serviceBus);
      return container;
    },
    close: (parts) => parts.get(Token.serviceBus).close(),
  });
  let api: HttpRules | undefined;
  const apiOf = (): HttpRules => {
    const { parts, config } = guarded.start();
    api ??= httpRulesOf(parts, config, { log: invocationLog, shutdown: guarded.shutdown });
    return api;
  };
  let pageApi: Promise<HttpRules> | undefined;
  /** The same with the page of operators, which is loaded when somebody asks for it. */
  const pageApiOf = async (): Promise<HttpRules> => {
    const { operatorPageOf } = await import('../composition/operator-page.ts');
    const { parts, config } = guarded.start();
    const hosted = { log: invocationLog, shutdown: guarded.shutdown };
    const sources = [{ entity: { queueName: config.queueName }, scope: config.lockScope, idOf }] as const;
    const page = operatorPageOf(parts, config, { ...hosted, access: { kind: 'host' }, base: operatePath, sources });
    return httpRulesOf(parts, config, { ...hosted, page });
  };
  const http = (
    name: string,
    route: string,
    authLevel: NonNullable<HttpFunctionOptions['authLevel']>,
    api: () => HttpRules | Promise<HttpRules> = apiOf,
  ): void =>
    app.http(name, {
      methods,
      route,
      authLevel,
      handler: (request, context) =>
        inInvocation(context, async () => {
          await guarded.start().parts.get(Token.telemetry).ready;
          return hostResponse(await (await api())(apiRequest(request, traceOf(context))));
        }),
    });
  http('submitMessage', routeOf(messagesPath), 'function');
  http('getMessageStatus', `${routeOf(messagesPath)}/{messageId}`, 'function');
  http('checkHealth', routeOf(healthPath), 'function');
  http('checkLiveness', routeOf(livePath), 'anonymous'); // the platform asks it, and has no key
  http('getOpenApi', routeOf(openApiPath), 'anonymous'); // it is public
  if (read.config?.adminApi === 'on') {
    http('operate', `${routeOf(operatePath)}/{*path}`, 'admin', () => {
      pageApi ??= pageApiOf();
      return pageApi;
    });
  }
  const queueName = read.config?.queueName ?? env['QUEUE_NAME'] ?? 'messages';
  const connection = 'ServiceBusConnection';
  const source: GuardedSource = {
    entity: { path: queueName, text: `the queue ${queueName}`, connection },
    scope: read.config?.lockScope ?? queueName.toLowerCase(),
    idOf,
    maxDeliveryCount: undefined,
    problems: [],
    workOn: () => (message, context) => guarded.start().parts.get(Token.messageHandler)(message, context),
  };
  guarded.add(source);
  app.serviceBusQueue('processMessage', {
    ...guardedTrigger,
    connection,
    queueName,
    isSessionsEnabled: false,
    handler: (body, context) => guarded.process(source, body, context),
  });
  hostApp(guarded, readSweepInterval(new Settings(env)));
}

/** All that a host takes: for a method that is not registered it answers 404 itself, and with that neither 405 nor OPTIONS. */
const methods: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Below the host's own prefix, which is `api`. */
const routeOf = (path: string): string => path.replace(/^[/]api[/]/, '');
