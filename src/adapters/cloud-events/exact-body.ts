import type { Content } from '../../domain/message.ts';
import { deepestNesting, isTooDeep } from './json-content.ts';
import { UnusableMessageError } from './unusable-message-error.ts';

/** A body as its sender gave it: bytes, or a value that JSON holds exactly. */
export type ExactBody = Content;

/**
 * The body in what a host or the SDK decoded. Nearly all are bytes. But a sender can send a value of AMQP, and a host can
 * have parsed the bytes as JSON.
 *
 * @throws UnusableMessageError for a value of which something may have got lost, or that JSON cannot hold.
 */
export function exactBody(body: unknown): ExactBody {
  if (body instanceof Uint8Array) return { kind: 'binary', bytes: body };
  if (typeof body === 'string') return { kind: 'binary', bytes: Buffer.from(body) };
  if (isTooDeep(body)) {
    throw new UnusableMessageError(`The content is nested deeper than ${deepestNesting} levels.`, 'Send it as bytes.');
  }
  if (!isExact(body))
    throw new UnusableMessageError(
      'The body is a value that JSON cannot hold exactly.',
      'Send it as the bytes of its JSON text.',
    );
  return { kind: 'json', value: body };
}

function isExact(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return true;
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isSafeInteger(value) ? !Object.is(value, -0) : Number.isFinite(value) && !Number.isInteger(value);
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isExact);
      return isPlain(value) && Object.entries(value).every(([key, each]) => key.isWellFormed() && isExact(each));
    default:
      return false;
  }
}

/** Not a date, bytes, or another of the SDK's own. */
const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));
