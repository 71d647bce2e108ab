import { LockStoreError } from '../../application/ports/lock-store.ts';
import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import type { Span } from '../../application/ports/telemetry/tracing.ts';
import { DeliveryError, MessageFailedError } from '../../domain/errors.ts';
import type { Delivery } from '../../domain/message.ts';
import { stackOf } from './error-chain.ts';
import type { Log } from './log.ts';
import { traceFacts } from './trace-facts.ts';

export interface DeliveryFailure {
  readonly received: ReceivedMessage;
  /** Undefined if what was received is not a message that can be processed. */
  readonly delivery: Delivery | undefined;
  readonly error: Error;
  /** How often the broker delivers a message. */
  readonly maxDeliveryCount: number;
  /** How the host settles the message, if it does so itself. */
  readonly settledAs?: string | undefined;
  /** The span of the delivery. */
  readonly span?: Span;
}

/**
 * Tells of a delivery that is not completed, in one line for all hosts: which message (under its Service Bus ID, if it has no
 * other), which delivery of it, its trace, why, and where the handler threw.
 */
export function logDeliveryFailure(
  log: Log,
  { received, delivery, error, maxDeliveryCount, settledAs, span }: DeliveryFailure,
): void {
  const { deliveryCount, sequenceNumber } = received;
  const stack = stackOf(thrownByHandler(error));
  log('warn', withFate(error.message, deliveryCount, maxDeliveryCount), {
    event: 'delivery-failed',
    messageId: delivery?.message.id ?? brokersId(received.messageId),
    ...(delivery?.key.source !== undefined && { source: delivery.key.source }),
    sequenceNumber,
    deliveryCount,
    ...(settledAs !== undefined && { settledAs }),
    ...(delivery?.message.traceparent !== undefined && { traceparent: delivery.message.traceparent }),
    ...traceFacts(span?.context),
    error,
    ...(stack !== undefined && { stack }),
  });
}

function withFate(sentence: string, deliveryCount: number | undefined, maxDeliveryCount: number): string {
  if (deliveryCount === undefined || deliveryCount < maxDeliveryCount) return sentence;
  const end = /[.!?]$/.test(sentence) ? '' : '.';
  return `${sentence}${end} This was the last permitted delivery (${deliveryCount} of ${maxDeliveryCount}): the broker moves the message to the dead-letter queue now.`;
}

/** What the sender or the broker named it, if that is a text that this host knows. */
const brokersId = (id: ReceivedMessage['messageId']): string | undefined => (typeof id === 'string' ? id : undefined);

/** The handler's own error, whose stack says where to look; undefined if the delivery failed for a reason of ours. */
function thrownByHandler(error: Error): unknown {
  if (error instanceof MessageFailedError) return error.cause;
  return error instanceof DeliveryError || error instanceof LockStoreError ? undefined : error;
}
