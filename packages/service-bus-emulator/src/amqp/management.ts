import rhea, { type Typed } from 'rhea';
import type { Entity } from '../broker/namespace.ts';
import { Queue } from '../broker/queue.ts';
import type { Settlement } from '../broker/settlement.ts';
import { type Faulty, pointOf } from '../faults.ts';
import { AmqpMessage } from './amqp-message.ts';
import { type AmqpError, lockLost } from './answer.ts';
import { uuidBytes, uuidText } from './lock-token.ts';
import { plain, typedFields } from './plain.ts';
import type { Reply, Request } from './request-link.ts';
import { maxMessageSize } from './sender-link.ts';
import { settle } from './settle.ts';

const { types } = rhea;

/** The type codes of array elements. Source: AMQP 1.0 part 1, section 1.6. */
const typeCode = { long: 0x81, timestamp: 0x83 } as const;

/** A request's fields, each with its AMQP type. */
type Body = Readonly<Record<string, Typed>>;
type Operation<On> = (on: On, body: Body, faulty: Faulty) => Reply | 'no-answer';

/**
 * The `$management` node of a queue or a topic. Source: Microsoft documentation "AMQP 1.0 in Azure Service Bus: request-response
 * based operations", and the SDK, which reads the status from `statusCode`.
 */
export function replyToManagementRequest(
  entity: Entity,
  { operation, body }: Request,
  faulty: Faulty,
): Reply | 'no-answer' {
  try {
    const fields = typedFields(body);
    const reply =
      entitiesOperations.get(operation)?.(entity, fields, faulty) ??
      (entity instanceof Queue ? queueOperations.get(operation)?.(entity, fields, faulty) : undefined);
    if (reply !== undefined) return reply;
    const description = `There is no operation '${operation}' on ${entity.name}.`;
    return failure(501, { condition: 'amqp:not-implemented', description });
  } catch (error) {
    const description = `The request for '${operation}' is not as it must be: ${(error as Error).message}`;
    return failure(400, { condition: 'amqp:invalid-field', description });
  }
}

const renewLock: Operation<Queue> = (queue, body, { faults }) => {
  const expirations: number[] = [];
  for (const token of lockTokensIn(body)) {
    const message = queue.locked(token);
    const isRefused = message !== undefined && faults.onRenew?.(pointOf(queue, message)) === 'refuse';
    const until = isRefused ? undefined : queue.renewLock(token);
    if (until === undefined) return failure(410, lockLost);
    expirations.push(until);
  }
  return success({ expirations: types.wrap_array(expirations, typeCode.timestamp, undefined) });
};

const updateDisposition: Operation<Queue> = (queue, body, faulty) => {
  const settlement = settlementIn(body);
  const results = lockTokensIn(body).map((token) => settle(queue, token, settlement, faulty));
  if (results.includes('no-answer')) return 'no-answer';
  return results.includes('lock-lost') ? failure(410, lockLost) : success({});
};

/** An empty answer must be 204: the SDK takes a 200 without messages for a mistake, and 404 for another one. */
const peekMessage: Operation<Queue> = (queue, body) => {
  const count = Number(plain(body['message-count']));
  const messages: { message: Buffer }[] = [];
  let size = 0;
  for (const stored of queue.peek(numberIn(plain(body['from-sequence-number'])))) {
    const message = stored.encode();
    size += message.length;
    if (messages.length >= count || (messages.length > 0 && size > maxMessageSize)) break;
    messages.push({ message });
  }
  return messages.length === 0 ? status(204, 'No Content', {}) : success({ messages });
};

const scheduleMessage: Operation<Entity> = (entity, body) => {
  const entries = plain(body['messages']) as readonly { readonly message: Buffer }[];
  const messages = entries.map(({ message }) => AmqpMessage.decode(message));
  const numbers = messages.map((message) => entity.send(message));
  return success({ 'sequence-numbers': types.wrap_array(numbers, typeCode.long, undefined) });
};

const cancelScheduledMessage: Operation<Entity> = (entity, body) =>
  entity.cancelScheduled(sequenceNumbersIn(body)) === 'cancelled' ? success({}) : failure(404, messageNotFound);

const receiveBySequenceNumber: Operation<Queue> = (queue, body) => {
  const mode = Number(plain(body['receiver-settle-mode'])) === 0 ? 'receiveAndDelete' : 'peekLock';
  const received = queue.receiveDeferred(sequenceNumbersIn(body), mode);
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
]);

const entitiesOperations: ReadonlyMap<string, Operation<Entity>> = new Map([
  ['com.microsoft:schedule-message', scheduleMessage],
  ['com.microsoft:cancel-scheduled-message', cancelScheduledMessage],
]);

const messageNotFound: AmqpError = {
  condition: 'com.microsoft:message-not-found',
  description: 'The specified message does not exist.',
};

function settlementIn(body: Body): Settlement {
  const properties = typedFields(body['properties-to-modify']);
  const status = plain(body['disposition-status']);
  switch (status) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', properties };
    case 'defered': // as it is spelt in the protocol
      return { kind: 'defer', properties };
    case 'suspended': {
      const reason = plain(body['deadletter-reason']) ?? undefined;
      const description = plain(body['deadletter-description']) ?? undefined;
      return { kind: 'deadLetter', reason, description, properties } as Settlement;
    }
    default:
      throw new Error(`there is no disposition-status '${status}'`);
  }
}

const lockTokensIn = (body: Body): readonly string[] =>
  listIn(body, 'lock-tokens').map((token) => uuidText(token as Buffer));
const sequenceNumbersIn = (body: Body): readonly number[] => listIn(body, 'sequence-numbers').map(numberIn);

/** An array, or a list as some clients have it. */
function listIn(body: Body, name: string): readonly unknown[] {
  const list = plain(body[name]);
  if (!Array.isArray(list)) throw new Error(`it has no ${name}`);
  return list;
}

/** rhea hands out a long that a number cannot hold as its eight bytes. No message has such a sequence number. */
const numberIn = (long: unknown): number => (Buffer.isBuffer(long) ? Number(long.readBigInt64BE()) : Number(long));

type ReplyBody = Readonly<Record<string, unknown>>;

const success = (body: ReplyBody): Reply => status(200, 'OK', body);
const failure = (code: number, { condition, description }: AmqpError): Reply =>
  status(code, description, {}, { errorCondition: types.wrap_symbol(condition) });
const status = (code: number, description: string, body: ReplyBody, more: Record<string, Typed> = {}): Reply => ({
  applicationProperties: { statusCode: types.wrap_int(code), statusDescription: description, ...more },
  body,
});
