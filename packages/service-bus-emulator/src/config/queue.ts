import type { QueueOptions } from '../broker/queue-options.ts';
import type { Section } from './problems.ts';

/** A queue, with everything of its section. */
export function readQueue(name: string, section: Section): QueueOptions {
  const properties = section.section('Properties');
  const options = { name, ...readReceiving(properties), ...readDuplicates(properties), ...readTimeToLive(properties) };
  properties.end();
  section.end();
  return options;
}

/**
 * What queues and subscriptions have. Source of the limits: Microsoft, "Service Bus quotas", and its reference of
 * Microsoft.ServiceBus namespaces/queues.
 */
export function readReceiving(properties: Section): Omit<QueueOptions, 'name'> {
  const lockDurationMs = properties.duration('LockDuration', { least: 'PT1S', most: 'PT5M' });
  const maxDeliveryCount = properties.integer('MaxDeliveryCount', 1, 2_000);
  const deadLetterOnExpiration = properties.boolean('DeadLetteringOnMessageExpiration') ?? false;
  const requiresSession = properties.boolean('RequiresSession') ?? false;
  for (const forwarding of ['ForwardTo', 'ForwardDeadLetteredMessagesTo']) {
    if (properties.text(forwarding)) properties.problem(forwarding, 'Forwarding is not emulated.');
  }
  return {
    deadLetterOnExpiration,
    ...(requiresSession && { requiresSession }),
    ...(lockDurationMs !== undefined && { lockDurationMs }),
    ...(maxDeliveryCount !== undefined && { maxDeliveryCount }),
  };
}

/** What queues and topics have. */
export function readDuplicates(properties: Section): { readonly duplicateDetectionWindowMs?: number } {
  const detectsDuplicates = properties.boolean('RequiresDuplicateDetection') ?? false;
  const windowMs = properties.duration('DuplicateDetectionHistoryTimeWindow', { least: 'PT20S', most: 'P7D' });
  return detectsDuplicates ? { duplicateDetectionWindowMs: windowMs ?? 600_000 } : {};
}

/** What all have. */
export function readTimeToLive(properties: Section): { readonly defaultTimeToLiveMs?: number } {
  const defaultTimeToLiveMs = properties.duration('DefaultMessageTimeToLive', { least: 'PT1S' });
  return defaultTimeToLiveMs === undefined ? {} : { defaultTimeToLiveMs };
}
