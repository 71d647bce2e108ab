import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { DeadLetterMessage } from '../../../application/operate/dead-letters.ts';
import { toReceivedMessage } from '../to-received-message.ts';
import { notRepeatable, sendersProperties } from './repeated-message.ts';

/** A dead letter in our words. */
export const toDeadLetter = (message: ServiceBusReceivedMessage): DeadLetterMessage => ({
  received: { ...toReceivedMessage(message), applicationProperties: sendersProperties(message) },
  reason: message.deadLetterReason,
  description: message.deadLetterErrorDescription,
  sessionId: message.sessionId ?? undefined,
  notRepeatable: notRepeatable(message),
});
