import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { type Span, silentSpan } from '../../application/ports/telemetry/tracing.ts';
import { seconds } from '../../domain/time.ts';
import { TimeLimitError, withTimeLimit } from './time-limit.ts';

/** What the broker shall do with a delivered message. */
export type Settlement =
  /** Delete it: the work is done. */
  | { readonly kind: 'complete' }
  /** Deliver it again at once; counts towards the queue's max delivery count. */
  | { readonly kind: 'abandon' }
  /** Move it to the dead-letter queue. Reason and description are cut to 4,096 characters, which is all the broker takes. */
  | { readonly kind: 'dead-letter'; readonly reason: string; readonly description: string };

/** A settlement, and what it is told of below. */
export type ToSettle = Settlement & { readonly span?: Span };

/**
 * Settles a message by way of the first of `receivers`, and by the next ones while no answer comes: for one that was lost
 * with its connection the SDK would wait a minute. Resolves when the broker has confirmed it. Rejects with the SDK's error
 * if the broker refuses it, or with a TimeLimitError: then it may be settled or not.
 */
export function settle(
  message: ServiceBusReceivedMessage,
  { span = silentSpan, ...settlement }: ToSettle,
  receivers: readonly ServiceBusReceiver[],
): Promise<void> {
  return span.within({ kind: 'settle', as: settlement.kind }, () => settleByOneOf(receivers, message, settlement));
}

async function settleByOneOf(
  receivers: readonly ServiceBusReceiver[],
  message: ServiceBusReceivedMessage,
  settlement: Settlement,
): Promise<void> {
  for (const [index, receiver] of receivers.entries()) {
    try {
      return await withTimeLimit(settleOnce(receiver, message, settlement), tryLimitMs);
    } catch (error) {
      const isLast = index === receivers.length - 1;
      if (isLast || !(error instanceof TimeLimitError)) throw error;
    }
  }
}

function settleOnce(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  settlement: Settlement,
): Promise<void> {
  switch (settlement.kind) {
    case 'complete':
      return receiver.completeMessage(message);
    case 'abandon':
      return receiver.abandonMessage(message);
    case 'dead-letter':
      return receiver.deadLetterMessage(message, {
        deadLetterReason: cut(settlement.reason),
        deadLetterErrorDescription: cut(settlement.description),
      });
  }
}

const tryLimitMs = seconds(5);

/** Source of the limit: MaxDeadLetterReasonLength in Microsoft's Azure.Messaging.ServiceBus for .NET. */
const cut = (text: string): string => text.slice(0, 4096).toWellFormed();
