import type { Entity } from '../broker/entity.ts';
import { Queue } from '../broker/queue.ts';
import type { MessageContent } from '../broker/stored-message.ts';
import type { AmqpError } from './answer.ts';
import type { RheaReceiver, RheaSender } from './rhea-internals.ts';

/** The SDK tells by these words, not by the condition, that the entity is missing and trying again is of no use. */
export const notFound = (path: string): AmqpError => ({
  condition: 'amqp:not-found',
  description: `The messaging entity '${path}' could not be found.`,
});

/** Refuses an attach: an answer with neither source nor target, then a detach (AMQP 1.0 part 2, section 2.6.3). */
export function refuse(link: RheaSender | RheaReceiver, error: AmqpError): void {
  link.close(error);
}

const lockLost: AmqpError = {
  condition: 'com.microsoft:message-lock-lost',
  description: 'The lock supplied is invalid. Either the lock expired, or the message has already been removed.',
};

export const sessionLockLost: AmqpError = {
  condition: 'com.microsoft:session-lock-lost',
  description: 'The session lock has expired or was given back. Accept the session again.',
};

/** With a session's lock, its messages' locks are lost. */
export const lockLostIn = ({ sessions }: Queue): AmqpError => (sessions === undefined ? lockLost : sessionLockLost);

export const sessionIsLocked = (id: string): AmqpError => ({
  condition: 'com.microsoft:session-cannot-be-locked',
  description: `The requested session '${id}' cannot be accepted. It may be locked by another receiver.`,
});

export const noSessionInTime: AmqpError = {
  condition: 'com.microsoft:timeout',
  description: 'There was no session with messages that nobody else has within the time that the client waits for one.',
};

/** Clients of sessions, and of none, know these sentences. */
export const needsSession = (queue: string): AmqpError => ({
  condition: 'amqp:not-allowed',
  description: `It is not possible for an entity that requires sessions to create a non-sessionful message receiver. The entity is ${queue}.`,
});

export const hasNoSessions = (queue: string): AmqpError => ({
  condition: 'amqp:not-allowed',
  description: `A sessionful message receiver cannot be created on an entity that does not require sessions. Ensure RequiresSession is set to true when creating a Queue or Subscription to enable sessionful behavior. The entity is ${queue}.`,
});

export const sessionIsRenewed = (queue: string): AmqpError => ({
  condition: 'amqp:not-allowed',
  description: `The lock on a message of a session lasts as long as the session's. Renew that of the session in ${queue}.`,
});

/** What is wrong with messages that a client sends to an entity. */
export function refusalOf(entity: Entity, messages: readonly MessageContent[]): AmqpError | undefined {
  const needsSessionId = entity instanceof Queue && entity.sessions !== undefined;
  if (!needsSessionId || messages.every(({ sessionId }) => sessionId !== undefined)) return undefined;
  const description = `The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value. The entity is ${entity.name}.`;
  return { condition: 'amqp:not-allowed', description };
}
