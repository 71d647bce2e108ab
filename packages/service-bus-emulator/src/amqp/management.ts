import rhea from 'rhea';
import type { Entity } from '../broker/entity.ts';
import { Queue } from '../broker/queue.ts';
import type { Settlement } from '../broker/settlement.ts';
import { Subscription } from '../broker/subscription.ts';
import { pointOf } from '../faults.ts';
import { AmqpMessage } from './amqp-message.ts';
import { type AmqpError, isError } from './answer.ts';
import type { LinkOwner } from './link-owner.ts';
import { uuidBytes } from './lock-token.ts';
import { plain, typedFields } from './plain.ts';
import { lockLostIn, notFound, refusalOf, sessionIsRenewed, sessionLockLost } from './refusals.ts';
import { failure, noContent, success } from './reply.ts';
import { lockTokensIn, numberIn, type RequestFields, sequenceNumbersIn, textIn } from './request-fields.ts';
import type { Reply, Request } from './request-link.ts';
import type { Requester } from './requester.ts';
import type { RheaSession } from './rhea-internals.ts';
import { ruleOperations } from './rule-operations.ts';
import { maxMessageSize } from './sender-link.ts';
import { getMessageSessions, getSessionState, renewSessionLock, setSessionState } from './session-requests.ts';
import { settle } from './settle.ts';

const { types } = rhea;

/** The type codes of array elements. Source: AMQP 1.0 part 1, section 1.6. */
const typeCode = { long: 0x81, timestamp: 0x83 } as const;

type Operation<On> = (on: On, fields: RequestFields, requester: Requester) => Reply | 'no-answer';

/** Whose node it is. It is found anew for each request: an administrator may delete it, and make another one of its name. */
interface ManagementNode {
  readonly path: string;
  readonly find: () => Entity | undefined;
}

/**
 * The `$management` node of a queue or a topic. Source: Microsoft documentation "AMQP 1.0 in Azure Service Bus: request-response
 * based operations", and the SDK, which reads the status from `statusCode`.
 */
export function replyToManagementRequest(
  node: ManagementNode,
  { operation, body, transactionId }: Request,
  owner: LinkOwner,
  session: RheaSession,
): Reply | 'no-answer' {
  const entity = node.find();
  if (entity === undefined) return failure(404, notFound(node.path));
  const use = { entity: entity.name, session, isSend: false };
  const transaction = transactionId && owner.transactions.find(transactionId, use);
  if (transaction !== undefined && isError(transaction)) return failure(400, transaction);
  if (transaction !== undefined && outsideTransactions.has(operation)) return failure(501, notInTransaction(operation));
  const requester = { owner, transaction: transaction?.work };
  try {
    const fields = typedFields(body);
    const reply =
      entitiesOperations.get(operation)?.(entity, fields, requester) ??
      (entity instanceof Queue ? queueOperations.get(operation)?.(entity, fields, requester) : undefined) ??
      (entity instanceof Subscription ? ruleOperations.get(operation)?.(entity, fields) : undefined);
    if (reply !== undefined) return reply;
    const description = `There is no operation '${operation}' on ${entity.name}.`;
    return failure(501, { condition: 'amqp:not-implemented', description });
  } catch (error) {
    const description = `The request for '${operation}' is not as it must be: ${(error as Error).message}`;
    return failure(400, { condition: 'amqp:invalid-field', description });
  }
}

const renewLock: Operation<Queue> = (queue, fields, { owner: { faults } }) => {
  if (queue.sessions !== undefined) return failure(400, sessionIsRenewed(queue.name));
  const expirations: number[] = [];
  for (const token of lockTokensIn(fields)) {
    const message = queue.locked(token);
    const isRefused = message !== undefined && faults.onRenew?.(pointOf(queue, message)) === 'refuse';
    const until = isRefused ? undefined : queue.renewLock(token);
    if (until === undefined) return failure(410, lockLostIn(queue));
    expirations.push(until);
  }
  return success({ expirations: types.wrap_array(expirations, typeCode.timestamp, undefined) });
};

const updateDisposition: Operation<Queue> = (queue, fields, { owner, transaction }) => {
  const settlement = settlementIn(fields);
  const results = lockTokensIn(fields).map((token) => settle(queue, token, settlement, owner, transaction));
  if (results.includes('no-answer')) return 'no-answer';
  return results.includes('lock-lost') ? failure(410, lockLostIn(queue)) : success({});
};

/** An empty answer must be 204: the SDK takes a 200 without messages for a mistake, and 404 for another one. */
const peekMessage: Operation<Queue> = (queue, fields) => {
  const count = Number(plain(fields['message-count']));
  const messages: { message: Buffer }[] = [];
  let size = 0;
  const stored = queue.peek(numberIn(fields, 'from-sequence-number'), textIn(fields, 'session-id'));
  for (const each of stored) {
    const message = each.encode();
    size += message.length;
    if (messages.length >= count || (messages.length > 0 && size > maxMessageSize)) break;
    messages.push({ message });
  }
  return messages.length === 0 ? noContent() : success({ messages });
};

const scheduleMessage: Operation<Entity> = (entity, fields) => {
  const entries = plain(fields['messages']) as readonly { readonly message: Buffer }[];
  const messages = entries.map(({ message }) => AmqpMessage.decode(message));
  const refusal = refusalOf(entity, messages);
  if (refusal !== undefined) return failure(400, refusal);
  const numbers = messages.map((message) => entity.send(message));
  return success({ 'sequence-numbers': types.wrap_array(numbers, typeCode.long, undefined) });
};

const cancelScheduledMessage: Operation<Entity> = (entity, fields) =>
  entity.cancelScheduled(sequenceNumbersIn(fields)) === 'cancelled' ? success({}) : failure(404, messageNotFound);

const receiveBySequenceNumber: Operation<Queue> = (queue, fields, { owner }) => {
  const sessionId = textIn(fields, 'session-id');
  if (queue.sessions !== undefined && queue.sessions.heldBy(owner, sessionId ?? '') === undefined) {
    return failure(410, sessionLockLost);
  }
  const mode = Number(plain(fields['receiver-settle-mode'])) === 0 ? 'receiveAndDelete' : 'peekLock';
  const received = queue.receiveDeferred(sequenceNumbersIn(fields), mode, sessionId);
  if (received === undefined) return failure(404, messageNotFound);
  return success({
    messages: received.map((stored) => {
      const lockToken = stored.lock && { 'lock-token': types.wrap_uuid(uuidBytes(stored.lock.token)) };
      return { message: stored.encode({ isLockTokenShown: true }), ...lockToken };
    }),
  });
};

const queueOperations: ReadonlyMap<string, Operation<Queue>> = new Map([
  ['com.microsoft:renew-lock', renewLock],
  ['com.microsoft:update-disposition', updateDisposition],
  ['com.microsoft:peek-message', peekMessage],
  ['com.microsoft:receive-by-sequence-number', receiveBySequenceNumber],
  ['com.microsoft:renew-session-lock', renewSessionLock],
  ['com.microsoft:get-session-state', getSessionState],
  ['com.microsoft:set-session-state', setSessionState],
  ['com.microsoft:get-message-sessions', getMessageSessions],
]);

const entitiesOperations: ReadonlyMap<string, Operation<Entity>> = new Map([
  ['com.microsoft:schedule-message', scheduleMessage],
  ['com.microsoft:cancel-scheduled-message', cancelScheduledMessage],
]);

/** What changes something and cannot wait for the end of a transaction: its answer says what it did. */
const outsideTransactions: ReadonlySet<string> = new Set([
  'com.microsoft:schedule-message',
  'com.microsoft:cancel-scheduled-message',
  'com.microsoft:add-rule',
  'com.microsoft:remove-rule',
]);

const notInTransaction = (operation: string): AmqpError => ({
  condition: 'amqp:not-implemented',
  description: `This emulator does not emulate '${operation}' in a transaction.`,
});

const messageNotFound: AmqpError = {
  condition: 'com.microsoft:message-not-found',
  description: 'The specified message does not exist.',
};

function settlementIn(fields: RequestFields): Settlement {
  const properties = typedFields(fields['properties-to-modify']);
  const status = plain(fields['disposition-status']);
  switch (status) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', properties };
    case 'defered': // as it is spelt in the protocol
      return { kind: 'defer', properties };
    case 'suspended': {
      const reason = plain(fields['deadletter-reason']) ?? undefined;
      const description = plain(fields['deadletter-description']) ?? undefined;
      return { kind: 'deadLetter', reason, description, properties } as Settlement;
    }
    default:
      throw new Error(`there is no disposition-status '${status}'`);
  }
}
