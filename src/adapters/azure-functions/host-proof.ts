import { type DurationMs, seconds } from '../../domain/time.ts';
import type { HostJson } from './host-json.ts';
import { parseTimeSpan } from './time-span.ts';

export interface HostProof {
  /** How long the host lets one execution run; undefined if host.json does not say it. */
  readonly functionTimeoutMs: DurationMs | undefined;
  /** Why this host would not keep the promises, a sentence each. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** The rules that the host's own settings have to meet. Those that concern our settings too are proved with them. */
export function proveHost(host: HostJson): HostProof {
  const timeout = functionTimeout(host);
  const functionTimeoutMs = typeof timeout === 'string' ? undefined : timeout;
  const problems = [
    ...(typeof timeout === 'string' ? [timeout] : []),
    ...renewalProblems(host, functionTimeoutMs ?? proposedTimeoutMs),
    ...autoCompleteProblems(host),
    ...unsupportedProblems(host),
    ...sessionProblems(host),
    ...prefetchProblems(host),
  ];
  return { functionTimeoutMs, problems, warnings: prefetchWarnings(host) };
}

/** What is told to be set if nothing usable is: what else depends on it is judged by that, so that all is said in one round. */
const proposedTimeoutMs = seconds(300);

/** The timeout that is set, or what is wrong with it. The host's default depends on the hosting plan, so none is assumed. */
function functionTimeout(host: HostJson): DurationMs | string {
  const given = host.get('functionTimeout');
  if (given === undefined) return 'functionTimeout is not set in host.json. Set it to "00:05:00".';
  const timeoutMs = typeof given === 'string' ? parseTimeSpan(given) : undefined;
  if (timeoutMs !== undefined) return timeoutMs;
  return `functionTimeout in host.json is ${JSON.stringify(given)}, but must be a time like "00:05:00": executions end before it.`;
}

/**
 * The host stops renewing a peek-lock after that time, and while the execution still runs another one gets the message. The
 * lock turns that one away, but it costs deliveries.
 */
function renewalProblems(host: HostJson, timeoutMs: DurationMs): string[] {
  const given = host.get(...serviceBus, 'maxAutoLockRenewalDuration') ?? '00:05:00';
  if (typeof given === 'string' && forEver.test(given)) return [];
  const renewalMs = typeof given === 'string' ? parseTimeSpan(given) : undefined;
  const name = `${serviceBus.join('.')}.maxAutoLockRenewalDuration in host.json is ${JSON.stringify(given)}`;
  if (renewalMs === undefined) return [`${name}, but must be a time like "00:06:00".`];
  if (renewalMs >= timeoutMs + seconds(60)) return [];
  const leastSeconds = timeoutMs / 1000 + 60;
  return [`${name}, but must be at least ${leastSeconds} s: functionTimeout ${timeoutMs / 1000} s and a minute.`];
}

/** Source: Microsoft, "Azure Service Bus bindings for Azure Functions", host.json settings: infinite renewal. */
const forEver = /^-00:00:00\.0010*$/;

function autoCompleteProblems(host: HostJson): string[] {
  const given = host.get(...serviceBus, 'autoCompleteMessages') ?? true;
  if (String(given).toLowerCase() === 'true') return [];
  return [
    `${serviceBus.join('.')}.autoCompleteMessages in host.json is ${JSON.stringify(given)}, but must be true: nothing else settles a message.`,
  ];
}

function unsupportedProblems(host: HostJson): string[] {
  const found = Object.entries(unsupported).flatMap(([name, why]) =>
    host.get(...serviceBus, name) === undefined ? [] : [{ name, why }],
  );
  return found.map(({ name, why }) => `${serviceBus.join('.')}.${name} is set in host.json. Remove it: ${why}.`);
}

const batches = 'one lock guards one message, so messages are never taken in batches';
const renamed = 'it is a name of an older extension, which the host ignores';
const unsupported = {
  maxMessageBatchSize: batches,
  minMessageBatchSize: batches,
  maxBatchWaitTime: batches,
  batchOptions: batches,
  sessionHandlerOptions: renamed,
  messageHandlerOptions: renamed,
  autoComplete: renamed,
  maxAutoRenewDuration: renamed,
};

/** Two calls of one session at once would do its messages in any order. Source of the default: the extension's own, 1. */
function sessionProblems(host: HostJson): string[] {
  const given = host.get(...serviceBus, 'maxConcurrentCallsPerSession') ?? 1;
  if (Number(given) === 1) return [];
  return [
    `${serviceBus.join('.')}.maxConcurrentCallsPerSession in host.json is ${given}, but must be 1: the messages of a session are done one after another.`,
  ];
}

/** What is fetched and finds no room waits until its peek-lock is lost, again and again: it can be dead-lettered unworked. */
function prefetchProblems(host: HostJson): string[] {
  const given = Number(host.get(...serviceBus, 'prefetchCount') ?? 0);
  const room = Number(host.get(...serviceBus, 'maxConcurrentCalls') ?? 16);
  if (!(given > room)) return [];
  return [
    `${serviceBus.join('.')}.prefetchCount in host.json is ${given}, but there is room for maxConcurrentCalls ${room}: what is fetched beyond that loses its peek-lock while it waits.`,
  ];
}

/** What the HTTP functions need besides. */
export function routePrefixProblems(host: HostJson): string[] {
  const given = host.get('extensions', 'http', 'routePrefix') ?? 'api';
  if (given === 'api') return [];
  return [
    `extensions.http.routePrefix in host.json is ${JSON.stringify(given)}, but must be "api": answers link to /api/messages.`,
  ];
}

function prefetchWarnings(host: HostJson): string[] {
  const given = host.get(...serviceBus, 'prefetchCount') ?? 0;
  if (Number(given) === 0) return [];
  return [
    `${serviceBus.join('.')}.prefetchCount in host.json is ${given}: a message that waits ahead of its turn can lose its peek-lock, which costs deliveries.`,
  ];
}

const serviceBus = ['extensions', 'serviceBus'];
