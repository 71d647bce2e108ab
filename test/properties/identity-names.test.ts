import { describe, expect, it } from 'vitest';
import { lockMetadata } from '../../src/adapters/azure-blob/lock-metadata.ts';
import { statusPath } from '../../src/adapters/http/status-path.ts';
import { identityMembers } from '../../src/adapters/http/status-resource.ts';
import { sha256Hex } from '../../src/adapters/system/sha256.ts';
import { LoggedLockEvents } from '../../src/adapters/telemetry/logged-lock-events.ts';
import { brokerMessageId, lockName, scopedName } from '../../src/domain/lock-name.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { idempotencyKey } from '../../src/domain/steps-journal.ts';
import type { WorkKey } from '../../src/domain/work-key.ts';
import { heldBy } from '../support/lock-records.ts';
import { confusingSources, confusingTexts } from '../support/wire-messages.ts';

/** Everything that is named after a message, and how. What is added to it must be added here. */
const names: Readonly<Record<string, (key: WorkKey) => string>> = {
  'its lock': (key) => lockName(key, sha256Hex),
  "a step's idempotency key": (key) => idempotencyKey(key, 'charge', 1),
  'its archive': (key) => scopedName(key, { before: '', after: '' }, sha256Hex),
  'its lines of evidence': (key) => scopedName(key, { before: 'lock-', after: '.lock.jsonl' }, sha256Hex),
  'the message ID that the broker is given': (key) => brokerMessageId(key, sha256Hex),
  'the link to its status': statusPath,
  'what an answer over HTTP says': (key) => JSON.stringify(identityMembers(key)),
  'what its lock says in a portal': (key) => metadataOf(key),
  'a line of the log': (key) => loggedOf(key),
};

const metadataOf = ({ id, source }: WorkKey): string => {
  const { messageid, source: shown } = lockMetadata(heldBy('owner', { messageId: id, source }), 0);
  return `${messageid} ${shown}`;
};

function loggedOf({ id: messageId, source, ...key }: WorkKey): string {
  const lock = lockName({ id: messageId, source, ...key }, sha256Hex);
  let facts = {};
  new LoggedLockEvents((_level, _sentence, given = {}) => {
    facts = given;
  }).emit({ kind: 'refused', lastError: null, messageId, source, lock });
  return JSON.stringify(facts);
}

const keys: readonly WorkKey[] = [undefined, ...confusingSources].flatMap((source) =>
  confusingTexts.map((id) => ({ scope: 'messages', id: id as MessageId, source })),
);

describe('What is named after a message', () => {
  it.each(Object.entries(names))('%s is named by all that tells it from other messages', (_what, nameOf) => {
    const owners = new Map<string, WorkKey>();
    for (const key of keys) {
      const name = nameOf(key);
      expect(nameOf({ ...key })).toBe(name);
      expect(owners.get(name), `${name} is of two messages`).toBeUndefined();
      owners.set(name, key);
    }
  });

  it.each(['its lock', "a step's idempotency key", 'its archive', 'its lines of evidence', 'a line of the log'])(
    '%s is named by the scope, too: two consumers of one message do their own work',
    (what) => {
      const key = { id: 'order-1' as MessageId };
      const [one, other] = ['orders', 'orders/archive'].map((scope) => names[what]?.({ ...key, scope }));
      expect(one).not.toBe(other);
    },
  );

  it('a plain message keeps the names that it always had', () => {
    const key = { scope: 'messages', id: 'dbce9dc2685c4997acb05f2067ed29a3' as MessageId };
    expect(names['its lock']?.(key)).toBe('messages/lock-dbce9dc2685c4997acb05f2067ed29a3.lock');
    expect(names['its archive']?.(key)).toBe('messages/dbce9dc2685c4997acb05f2067ed29a3');
    expect(names['the message ID that the broker is given']?.(key)).toBe(key.id);
    expect(names['the link to its status']?.(key)).toBe('/api/messages/dbce9dc2685c4997acb05f2067ed29a3');
  });
});
