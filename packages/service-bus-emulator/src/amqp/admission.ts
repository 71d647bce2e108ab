import type { Entity } from '../broker/entity.ts';
import { takesMessages } from '../broker/namespace.ts';
import { Queue } from '../broker/queue.ts';
import type { AmqpError } from './answer.ts';
import { hasNoSessions, needsSession } from './refusals.ts';

/** Why nobody may send to an entity at all. */
export function refusalOfSender(entity: Entity): AmqpError | undefined {
  const { name, status } = entity;
  if (!takesMessages(entity)) {
    return notAllowed(
      `Nobody may send to ${name}. Messages come to it from its topic, or from the queue whose dead letters it has.`,
    );
  }
  return status === 'Disabled' || status === 'SendDisabled' ? disabled(name, 'sent to it') : undefined;
}

/** Why nobody may receive from an entity at all, or not without, or with, a session. */
export function refusalOfReceiver(entity: Entity, hasSession: boolean): AmqpError | undefined {
  const { name, status } = entity;
  if (!(entity instanceof Queue)) {
    return notAllowed(
      `Nobody may receive from the topic ${name}. Receive from one of its subscriptions, ${name}/Subscriptions/NAME.`,
    );
  }
  const { forwardTo } = entity.options;
  if (forwardTo !== undefined) {
    return notAllowed(
      `Cannot create a message receiver on an entity with auto-forwarding enabled. ${name} forwards to ${forwardTo}.`,
    );
  }
  if (status === 'Disabled' || status === 'ReceiveDisabled') return disabled(name, 'received from it');
  const needsOne = entity.sessions !== undefined;
  if (needsOne === hasSession) return undefined;
  return needsOne ? needsSession(name) : hasNoSessions(name);
}

/** Whether it is the other one, or a dead-letter queue or subscription of it. */
export const isWithin = (entity: Entity, other: Entity): boolean =>
  entity === other || entity.name.toLowerCase().startsWith(`${other.name.toLowerCase()}/`);

const notAllowed = (description: string): AmqpError => ({ condition: 'amqp:not-allowed', description });

const disabled = (path: string, what: string): AmqpError => ({
  condition: 'com.microsoft:entity-disabled',
  description: `The messaging entity '${path}' is currently disabled: nothing can be ${what}.`,
});
