import type {
  ServiceBusQueueFunctionOptions,
  ServiceBusQueueHandler,
  ServiceBusTopicFunctionOptions,
} from '@azure/functions';
import { readAppConfig } from '../../adapters/azure-functions/app-config.ts';
import {
  entityOf,
  guardedTrigger,
  type TriggerOptions,
  triggerProblems,
} from '../../adapters/azure-functions/guarded-trigger.ts';
import { type Environment, Settings } from '../../adapters/environment/settings.ts';
import type { HandlerContext } from '../../application/ports/message-handler.ts';
import { readLockConfig, readSweepInterval } from '../composition/config.ts';
import { buildLockContainer, type OpenParts } from '../composition/lock-container.ts';
import { type OnceOptions, type OnceResult, prepareOnce } from '../guard/once.ts';
import { GuardedApp } from './guarded-app.ts';
import { asUnguarded, type BodyOptions, type GuardedSource, type GuardOptions } from './guarded-source.ts';
import { hostApp } from './hosted-apps.ts';
import { invocationLog } from './invocation-log.ts';

export interface MessageGuardOptions {
  /** The settings. Default: the app settings, which the host puts into the process's environment. */
  readonly env?: Environment;
  /** Where host.json is. Default: the current folder, which the host makes that of the app. */
  readonly appFolder?: string;
  /** Puts parts of your own in the place of shipped ones: `container.rebind(Token.lockStore)…`. */
  readonly configure?: (container: OpenParts) => void;
}

export type QueueGuardOptions<Body = unknown> = Omit<ServiceBusQueueFunctionOptions, 'handler'> &
  BodyOptions &
  GuardOptions<Body>;
export type TopicGuardOptions<Body = unknown> = Omit<ServiceBusTopicFunctionOptions, 'handler'> &
  BodyOptions &
  GuardOptions<Body>;

/** Guards the functions of an app: whatever a host delivers again or twice, the work of a message happens once. */
export interface MessageGuard {
  /** The options of `app.serviceBusQueue`, with a handler whose work is done once per message. */
  queue<Body = unknown>(options: QueueGuardOptions<Body>): ServiceBusQueueFunctionOptions;
  /** The options of `app.serviceBusTopic`. Each subscription has its own locks. */
  topic<Body = unknown>(options: TopicGuardOptions<Body>): ServiceBusTopicFunctionOptions;
  /** Does work once that no broker delivers: of a timer, a request, another trigger. See OnceResult for how it ends. */
  once<Result>(
    options: OnceOptions,
    work: (context: HandlerContext) => Promise<Result> | Result,
  ): Promise<OnceResult<Result>>;
}

/**
 * A guard for any number of functions, over one lock store: call it once, in the app's entry file. It needs the setting
 * LockStorage, registers the function `sweepLocks` unless SWEEP_INTERVAL is off, and gives up its locks when the host ends the app.
 *
 * What cannot keep a promise is refused when the app starts, all of it at once, by function; never here, since a host takes an app
 * that throws before its first registration for one without functions.
 */
export function messageGuard({
  env = process.env,
  appFolder = process.cwd(),
  configure = () => undefined,
}: MessageGuardOptions = {}): MessageGuard {
  const guarded = new GuardedApp({
    read: readAppConfig(readLockConfig, env, appFolder),
    build: (config) => {
      const container = buildLockContainer(config, invocationLog);
      configure(container);
      return container;
    },
  });
  hostApp(guarded, readSweepInterval(new Settings(env)));
  const guard = <Body>(options: TriggerOptions & BodyOptions & GuardOptions<Body>) => {
    const { entity, problems } = entityOf(options, env);
    const source: GuardedSource = {
      entity,
      scope: options.scope ?? entity.path.toLowerCase(),
      idOf: options.idOf,
      maxDeliveryCount: options.maxDeliveryCount,
      problems: [...problems, ...triggerProblems(options)],
      workOn: asUnguarded(options),
    };
    guarded.add(source);
    const handler: ServiceBusQueueHandler = (body, invocation) => guarded.process(source, body, invocation);
    return { ...guardedTrigger, handler };
  };
  return {
    queue: (options) => ({ ...forHost(options), ...guard(options) }),
    topic: (options) => ({ ...forHost(options), ...guard(options) }),
    once: async (options, work) => {
      const { once: runOnce } = guarded.start();
      const taken = guarded.sources.find(({ scope }) => scope === options.scope);
      if (taken !== undefined) throw new TypeError(`The scope "${options.scope}" is that of ${taken.entity.text}.`);
      const once = prepareOnce(options);
      guarded.sweepsToo(options.scope);
      return guarded.track(once(runOnce, work, guarded.shutdown));
    },
  };
}

const guardOptions = new Set<string>(['handler', 'scope', 'idOf', 'schema', 'maxDeliveryCount']);

/** What of the options is the host's. */
const forHost = <Options extends object>(options: Options): Omit<Options, keyof GuardOptions<never>> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !guardOptions.has(name))) as never;
