import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

/** What the broker shall do with a delivered message. */
export type Settlement =
  /** Delete it: the work is done. */
  | { readonly kind: 'complete' }
  /** Deliver it again at once; counts towards the queue's max delivery count. */
  | { readonly kind: 'abandon' }
  /** Move it to the dead-letter queue. Reason and description are cut to 4,096 characters, which is all the broker takes. */
  | { readonly kind: 'dead-letter'; readonly reason: string; readonly description: string };

/** Resolves when the broker has confirmed it. Rejects with the SDK's error: refused, or no answer. */
export function settle(
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

/** Source of the limit: MaxDeadLetterReasonLength in Microsoft's Azure.Messaging.ServiceBus for .NET. */
const cut = (text: string): string => text.slice(0, 4096).toWellFormed();
