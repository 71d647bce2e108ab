import { proxyFindings } from '../../adapters/azure-blob/proxy-settings.ts';
import { type AdminSettings, readAdminSettings } from '../../adapters/environment/admin-settings.ts';
import {
  type Connection,
  lockStorage,
  readConnection,
  serviceBusConnection,
} from '../../adapters/environment/connection.ts';
import { blobHostOf, entityPathOf } from '../../adapters/environment/connection-string.ts';
import { misspeltSettings } from '../../adapters/environment/setting-names.ts';
import {
  type Environment,
  type Narrow,
  queueNamePattern,
  queueNameRule,
  Settings,
} from '../../adapters/environment/settings.ts';
import { shownValue } from '../../adapters/environment/shown-value.ts';
import { readShutdownTimeout } from '../../adapters/environment/shutdown-timeout.ts';
import type { LogLevel } from '../../adapters/telemetry/log.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { permittedRange } from '../../application/settings/permitted-range.ts';
import { type ProtocolSettings, proveSettings } from '../../application/start-up-proof.ts';
import type { LockLayout } from '../../domain/lock-name.ts';
import type { DurationMs } from '../../domain/time.ts';
import { readLogSettings } from './settings/log-settings.ts';
import { workContainers } from './work-containers.ts';

/** What guards work with locks is set to, checked. */
export interface LockConfig {
  readonly lockStorage: Connection;
  readonly lockContainer: string;
  readonly lockScope: string;
  readonly lockLayout: LockLayout;
  readonly lockTtlMs: DurationMs;
  readonly activeLockWaitMs: DurationMs;
  readonly completedRetentionMs: DurationMs;
  readonly abandonedRetentionMs: DurationMs;
  /** Undefined: the app does not sweep. */
  readonly sweepIntervalMs: DurationMs | undefined;
  readonly messageTtlMs: DurationMs;
  readonly functionTimeoutMs: DurationMs;
  readonly maxDeliveryCount: number;
  readonly maxAttempts: number;
  /** CloudEvents `source` of submitted messages. */
  readonly eventSource: string;
  readonly logLevel: LogLevel;
  /** What the settings give up, a sentence each. */
  readonly warnings: readonly string[];
}

/** Everything that can be set, checked. */
export interface Config extends LockConfig, AdminSettings {
  readonly serviceBusConnection: Connection;
  readonly queueName: string;
  /** CloudEvents `type` of submitted messages. */
  readonly eventType: string;
  readonly messageHandler: 'archive' | 'scripted';
  readonly maxConcurrentCalls: number;
  /** The largest message that the queue takes, in bytes. */
  readonly maxMessageBytes: number;
  /** HTTP requests that a standalone host answers at once. */
  readonly maxConcurrentRequests: number;
  /** How long a standalone host keeps an HTTP connection without a request. */
  readonly keepAliveTimeoutMs: DurationMs;
  /** How long a starting standalone host goes on asking for the store and the queue. */
  readonly startupTimeoutMs: DurationMs;
  /** How long a standalone host may take to stop. */
  readonly shutdownTimeoutMs: DurationMs;
  readonly host: string;
  readonly port: number;
}

/**
 * The settings of a process that only guards work: whatever hands it the messages has connections of its own.
 *
 * @throws ConfigError that names every bad setting and every rule that the settings break together.
 */
export function readLockConfig(environment: Environment): LockConfig {
  const settings = new Settings(environment);
  return sound(environment, settings, lockConfig(settings, settings.queueName()));
}

/** @throws ConfigError that names every bad setting and every rule that the settings break together. */
export function readConfig(environment: Environment): Config {
  const settings = new Settings(environment);
  const queueName = settings.queueName();
  const connection = readConnection(settings, serviceBusConnection);
  const config = {
    ...lockConfig(settings, queueName),
    serviceBusConnection: connection,
    queueName,
    eventType: settings.matching(
      'EVENT_TYPE',
      'immutable-service-bus.message.submitted',
      /^\S+$/,
      'a text without spaces',
    ),
    messageHandler: settings.oneOf('MESSAGE_HANDLER', 'archive', ['archive', 'scripted']),
    maxConcurrentCalls: settings.integer('MAX_CONCURRENT_CALLS', 16, 1, 1000),
    maxMessageBytes: settings.integer('MAX_MESSAGE_SIZE', 262_144, 1024, 104_857_600),
    maxConcurrentRequests: settings.integer('MAX_CONCURRENT_REQUESTS', 500, 1, 100_000),
    keepAliveTimeoutMs: settings.duration('KEEP_ALIVE_TIMEOUT', 'PT2M', { least: 'PT1S', most: 'PT1H' }),
    startupTimeoutMs: settings.startupTimeout(),
    shutdownTimeoutMs: readShutdownTimeout(settings),
    host: settings.matching('HOST', '127.0.0.1', /^[A-Za-z0-9.:_-]+$/, 'a host name or an address'),
    port: settings.integer('PORT', 7071, 0, 65_535),
    ...readAdminSettings(settings),
  };
  checkEntityPath(settings, queueName);
  return sound(environment, settings, config);
}

function lockConfig(settings: Settings, queueName: string): LockConfig {
  const maxDeliveryCount = settings.maxDeliveryCount();
  return {
    lockStorage: readConnection(settings, lockStorage),
    lockContainer: settings.matching('LOCK_CONTAINER', 'locks', containerNamePattern, containerNameRule),
    // The broker does not tell the cases of a queue's name apart, and one queue has one folder of locks.
    lockScope: settings.matching('LOCK_SCOPE', queueName.toLowerCase(), queueNamePattern, queueNameRule),
    lockLayout: settings.oneOf('LOCK_SPREAD', 'off', ['off', 'on']) === 'on' ? 'spread' : 'flat',
    lockTtlMs: settings.duration('LOCK_TTL', 'PT30S', { least: 'PT5S', most: 'PT15M', isWhole: true }),
    activeLockWaitMs: settings.duration('ACTIVE_LOCK_WAIT', 'PT45S', { least: 'PT0S', most: 'PT1H' }),
    completedRetentionMs: settings.duration('COMPLETED_RETENTION', 'P8D', { least: 'PT0S', most: 'P365D' }),
    abandonedRetentionMs: settings.duration('ABANDONED_RETENTION', 'P14D', { least: 'PT1H', most: 'P365D' }),
    sweepIntervalMs: readSweepInterval(settings),
    messageTtlMs: settings.duration('MESSAGE_TTL', 'P7D', { least: 'PT1S', most: 'P49D' }),
    functionTimeoutMs: settings.duration('FUNCTION_TIMEOUT', 'PT5M', { least: 'PT10S', most: 'P1D' }),
    maxDeliveryCount,
    maxAttempts: settings.integer('MAX_ATTEMPTS', maxDeliveryCount, 1, 2000),
    eventSource: settings.matching('EVENT_SOURCE', '/api/messages', uriReferencePattern, 'a URI reference'),
    logLevel: readLogSettings(settings).level,
    warnings: [],
  };
}

export const readSweepInterval = (settings: Settings): DurationMs | undefined =>
  settings.durationOrOff('SWEEP_INTERVAL', 'PT10M', { least: 'PT1M', most: 'P1D', isWhole: true });

/** `config` with what it gives up, or the error of what is wrong with it. */
function sound<AnyConfig extends LockConfig>(
  environment: Environment,
  settings: Settings,
  config: AnyConfig,
): AnyConfig {
  const proxies = proxyFindings(environment, storageHost(config.lockStorage));
  const { violations, warnings } = proveSettings(config);
  // A rule that a bad value takes part in says nothing yet.
  const isSound = (violation: string) => ![...settings.bad].some((name) => new RegExp(`\\b${name}\\b`).test(violation));
  const problems = [...settings.problems(besideOthers(config)), ...violations.filter(isSound), ...proxies.problems];
  const hints = misspeltSettings(environment);
  if (problems.length > 0) throw new ConfigError(problems, hints);
  return { ...config, warnings: [...warnings, ...proxies.warnings, ...hints] };
}

/** The settings that the rules are about, each with the length of a step within its range. */
const proved = {
  LOCK_TTL: ['lockTtlMs', 1000],
  ACTIVE_LOCK_WAIT: ['activeLockWaitMs', 1000],
  COMPLETED_RETENTION: ['completedRetentionMs', 1000],
  MESSAGE_TTL: ['messageTtlMs', 1000],
  FUNCTION_TIMEOUT: ['functionTimeoutMs', 1000],
  MAX_DELIVERY_COUNT: ['maxDeliveryCount', 1],
} as const;

/** A range is told as the other settings leave it: what is said to be permitted has to be so. */
function besideOthers(config: ProtocolSettings): Narrow {
  return (name, own) => {
    const [key, step] = proved[name as keyof typeof proved] ?? [];
    if (key === undefined) return own;
    const isPermitted = (value: number) =>
      !proveSettings({ ...config, [key]: value }).violations.some((violation) => violation.includes(name));
    // A bad value has left its default here, which is permitted unless another setting is at odds with it.
    return permittedRange({ ...own, anchor: config[key], step }, isPermitted) ?? own;
  };
}

/** The broker would refuse it, or the Functions host. Case does not count, as for the broker. */
function checkEntityPath(settings: Settings, queueName: string): void {
  const connectionString = settings.secret(serviceBusConnection.name);
  const entityPath = connectionString === undefined ? undefined : entityPathOf(connectionString);
  if (entityPath === undefined || entityPath.toLowerCase() === queueName.toLowerCase()) return;
  settings.addProblem(
    serviceBusConnection.name,
    `ServiceBusConnection is for ${shownValue(entityPath)} alone (its EntityPath), but QUEUE_NAME is "${queueName}". ` +
      'Set QUEUE_NAME to it, or use a connection string of this queue or of the namespace.',
  );
}

const storageHost = (connection: Connection): string | undefined =>
  connection.kind === 'identity' ? URL.parse(connection.address)?.hostname : blobHostOf(connection.connectionString);

/**
 * Not a container of the shipped handlers: a message there could have the name of a lock.
 * Source: Microsoft, "Naming and referencing containers, blobs, and metadata", container names.
 */
const workNames = Object.values(workContainers);
const containerNamePattern = new RegExp(`^(?=.{3,63}$)(?!(?:${workNames.join('|')})$)[a-z0-9]+(?:-[a-z0-9]+)*$`);
const containerNameRule = `a container name, 3 to 63 lower-case letters, digits and single hyphens, but not ${workNames.join(' or ')}`;

/** Source: RFC 3986, appendix A, the characters of a URI reference; CloudEvents asks for one that is not empty. */
const uriReferencePattern = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
