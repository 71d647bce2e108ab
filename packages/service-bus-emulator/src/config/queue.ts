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
  const forwardTo = properties.text('ForwardTo') || undefined; // in the official file it is often an empty text
  const forwardDeadLettersTo = properties.text('ForwardDeadLetteredMessagesTo') || undefined;
  if (forwardTo !== undefined && requiresSession) {
    properties.problem('ForwardTo', 'What has sessions cannot be forwarded.');
  }
  return {
    deadLetterOnExpiration,
    ...(requiresSession && { requiresSession }),
    ...(forwardTo !== undefined && { forwardTo }),
    ...(forwardDeadLettersTo !== undefined && { forwardDeadLettersTo }),
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
