import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import type { InterruptionReason } from './service-bus-errors.ts';
import type { Settlement } from './settlement.ts';

/** What happened to a queue's receiver that somebody may want to know. None of it needs an answer. */
export type QueueReceiverEvent =
  /** Messages are received, for the first time or again. */
  | { readonly kind: 'receiving' }
  /** No messages are received, for the time being. It is tried again until it works; reported anew for another reason. */
  | { readonly kind: 'interrupted'; readonly reason: InterruptionReason; readonly cause: unknown }
  /** The broker may deliver the message again though its work goes on. */
  | { readonly kind: 'peek-lock-lost'; readonly message: ReceivedMessage; readonly cause: unknown }
  /** The broker refused the settlement or did not answer: it may deliver the message again. */
  | {
      readonly kind: 'not-settled';
      readonly message: ReceivedMessage;
      readonly settlement: Settlement['kind'];
      readonly cause: unknown;
    }
  /** The code that took the delivery threw instead of returning a settlement. The message was abandoned. */
  | { readonly kind: 'delivery-threw'; readonly message: ReceivedMessage; readonly cause: unknown };
