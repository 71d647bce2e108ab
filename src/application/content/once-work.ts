import type { Fingerprint } from '../../domain/fingerprint.ts';
import type { Content, Message } from '../../domain/message.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';
import type { OnceWork } from '../run-once.ts';
import { scopePattern, scopeRule } from '../settings/source-problems.ts';

/** What work that is to be done once is known by. */
export interface OnceIdentity {
  /** The folder of its locks: what kind of work this is. Not that of a queue. */
  readonly scope: string;
  /** What the work is known by within its scope: a date, an order number. 1 to 128 UTF-16 units. */
  readonly id: string;
  /** What it is about, as JSON or bytes. Under one ID it has to be the same each time. */
  readonly content?: unknown;
}

/** @throws TypeError if scope, id or content cannot be used. */
export function onceWork(
  { scope, id: givenId, content }: OnceIdentity,
  fingerprintOf: (message: Pick<Message, 'type' | 'content'>) => Fingerprint,
): OnceWork {
  if (!scopePattern.test(scope)) throw new TypeError(`The scope of guard.once must be ${scopeRule}.`);
  const id = parseMessageId(givenId);
  if (!isMessageId(id)) throw new TypeError(`The id of guard.once ${id.problem}`);
  const message = { id, source: '/', type: 'immutable-service-bus.once', content: contentOf(content), properties: {} };
  try {
    return { key: { scope, id }, message, fingerprint: fingerprintOf(message) };
  } catch (cause) {
    throw new TypeError('The content of guard.once must be JSON, or bytes.', { cause });
  }
}

const contentOf = (content: unknown): Content =>
  content instanceof Uint8Array ? { kind: 'binary', bytes: content } : { kind: 'json', value: content ?? null };
