import { describe, expect, it } from 'vitest';
import {
  InMemoryMessagePublisher,
  type PublishFault,
} from '../../../src/adapters/in-memory/in-memory-message-publisher.ts';
import type { Message } from '../../../src/domain/message.ts';
import { messageId } from '../../support/lock-records.ts';

const messageOf = (id: string): Message => ({
  id: messageId(id),
  source: '/api/messages',
  type: 'test.message',
  content: { kind: 'json', value: { amount: 1 } },
});

describe('InMemoryMessagePublisher', () => {
  it('keeps the messages in the order they came', async () => {
    const publisher = new InMemoryMessagePublisher();
    expect(await publisher.publish(messageOf('1'))).toEqual({ kind: 'published' });
    expect(await publisher.publish(messageOf('2'))).toEqual({ kind: 'published' });
    expect(publisher.published).toEqual([messageOf('1'), messageOf('2')]);
  });

  it.each<[PublishFault, string, readonly string[]]>([
    ['too-large', 'too-large', ['2']],
    ['message-lost', 'unknown', ['2']],
    ['confirmation-lost', 'unknown', ['1', '2']],
  ])('answers as it is told: %s', async (fault, kind, published) => {
    const publisher = new InMemoryMessagePublisher((_, nth) => (nth === 1 ? fault : undefined));
    expect(await publisher.publish(messageOf('1'))).toMatchObject({ kind });
    expect(await publisher.publish(messageOf('2'))).toEqual({ kind: 'published' });
    expect(publisher.published.map(({ id }) => id)).toEqual(published);
  });
});
