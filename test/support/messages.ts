import fc from 'fast-check';
import { jsonContent } from '../../src/adapters/cloud-events/json-content.ts';
import type { Message } from '../../src/domain/message.ts';
import type { MessageId } from '../../src/domain/message-id.ts';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });

const content = fc.oneof(
  fc.json({ maxDepth: 3 }).map((json) => jsonContent(Buffer.from(json))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ kind: 'binary' as const, bytes: Buffer.from(bytes) })),
);

/** Messages with any ID, attributes and content. */
export const anyMessage: fc.Arbitrary<Message> = fc.record(
  {
    id: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).map((id) => id.slice(0, 128) as MessageId),
    source: text,
    type: text,
    time: fc.constant('2026-11-22T12:00:00Z'),
    contentType: fc.constantFrom('application/json', 'text/plain', 'application/octet-stream'),
    traceparent: fc.constant('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
    content,
  },
  { requiredKeys: ['id', 'source', 'type', 'content'] },
);
