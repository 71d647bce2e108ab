import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Operation, SpanFacts } from '../../application/ports/telemetry/tracing.ts';
import { attribute, formerSystem, system } from './names.ts';

/** A span's name, kind and first attributes. */
export interface Described {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** An operation, by the conventions for messaging where they know it. `destination` is the queue that it is about. */
export function described(operation: Operation, destination: string): Described {
  switch (operation.kind) {
    case 'submit':
      return {
        name: 'POST /api/messages',
        kind: SpanKind.SERVER,
        attributes: {
          [attribute.httpMethod]: 'POST',
          [attribute.httpRoute]: '/api/messages',
          [attribute.urlPath]: '/api/messages',
          [attribute.urlScheme]: 'http',
        },
      };
    case 'send':
      return messaging(SpanKind.PRODUCER, 'send', 'send', destination);
    case 'process':
      return messaging(SpanKind.CONSUMER, 'process', 'process', destination);
    case 'settle': {
      const settling = messaging(SpanKind.CLIENT, operation.as, 'settle', destination);
      return { ...settling, attributes: { ...settling.attributes, [attribute.disposition]: operation.as } };
    }
    case 'once':
      return { name: `once ${operation.scope}`, kind: SpanKind.INTERNAL, attributes: {} };
    case 'acquire':
      return { name: 'acquire lock', kind: SpanKind.INTERNAL, attributes: {} };
    case 'end':
      return { name: `${operation.as} lock`, kind: SpanKind.INTERNAL, attributes: {} };
    case 'step':
      return {
        name: `step ${operation.name}`,
        kind: SpanKind.INTERNAL,
        attributes: { [attribute.stepName]: operation.name },
      };
  }
}

const messaging = (kind: SpanKind, name: string, type: string, destination: string): Described => ({
  name: `${name} ${destination}`,
  kind,
  attributes: {
    ...messagingAttributes(destination),
    [attribute.formerSystem]: formerSystem,
    [attribute.operationName]: name,
    [attribute.operationType]: type,
  },
});

/** On spans and metrics. */
export const messagingAttributes = (destination: string): Attributes => ({
  [attribute.system]: system,
  [attribute.destination]: destination,
});

/** What is said of an operation in words of ours, as attributes. A token has more digits than some readers keep. */
export function attributesOf(facts: SpanFacts): Attributes {
  const { messageId, source, fencingToken } = facts;
  return {
    [attribute.messageId]: messageId,
    [attribute.eventId]: source === undefined ? undefined : messageId,
    [attribute.eventSource]: source,
    [attribute.eventType]: facts.eventType,
    [attribute.deliveryCount]: facts.deliveryCount,
    [attribute.enqueuedTime]: unixSeconds(facts.enqueuedTime),
    [attribute.decision]: facts.decision,
    [attribute.takeoverCause]: facts.takeoverCause,
    [attribute.attempt]: facts.attempt,
    [attribute.fencingToken]: fencingToken === undefined ? undefined : String(fencingToken),
    [attribute.outcome]: facts.outcome,
    [attribute.httpStatus]: facts.status,
  };
}

/** Source: semantic conventions 1.45, `azure.servicebus.message.enqueued_time`. */
function unixSeconds(time: string | undefined): number | undefined {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

/** How a delivery ended that threw. Errors of a handler release the lock. */
export const outcomeOf = (error: Error): string => outcomes[error.name] ?? 'released';

const outcomes: Readonly<Record<string, string>> = {
  ActiveLockError: 'rejected',
  MessageFailedError: 'failed',
  MessageMismatchError: 'refused',
  UnusableMessageError: 'refused',
  LockLostError: 'lost',
  LockUndecidedError: 'undecided',
  LockStoreError: 'store-unavailable',
  WorkNotSettledError: 'not-settled',
};

/** What duplicates and stopping hosts meet in normal times. */
export const isFault = (error: Error): boolean => error.name !== 'ActiveLockError' && error.name !== 'ShutdownError';
