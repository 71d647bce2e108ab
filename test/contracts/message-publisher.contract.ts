import { describe, expect, it } from 'vitest';
import type { MessagePublisher } from '../../src/application/ports/message-publisher.ts';
import type { Message } from '../../src/domain/message.ts';
import type { MessageId } from '../../src/domain/message-id.ts';

/** What goes wrong with every message: it is too large; it gets lost; or the queue has it, and its confirmation gets lost. */
export type PublishTrouble = 'too-large' | 'message-lost' | 'confirmation-lost';

/** A MessagePublisher, and a look at what its queue holds. */
export interface MessagePublisherUnderTest {
  readonly publisher: MessagePublisher;
  /** The messages in the order they came. One that was tried several times may be there several times. */
  stored(): Promise<readonly Message[]>;
}

/** What every MessagePublisher promises. Each adapter's test calls this with a factory for one with an empty queue. */
export function describeMessagePublisher(
  adapter: string,
  emptyQueue: (trouble?: PublishTrouble) => Promise<MessagePublisherUnderTest>,
): void {
  describe(`${adapter} as a MessagePublisher`, () => {
    it('has put a message on the queue as it is when it answers published', async () => {
      const { publisher, stored } = await emptyQueue();
      const message = { ...messageOf('m-1'), time: '2024-02-19T00:24:11.314Z', contentType: 'application/json' };
      expect(await publisher.publish(message)).toEqual({ kind: 'published' });
      expect(await stored()).toEqual([message]);
    });

    it('keeps the order of messages that were published one after the other', async () => {
      const { publisher, stored } = await emptyQueue();
      const messages = ['c', 'a', 'b'].map(messageOf);
      for (const message of messages) await publisher.publish(message);
      expect(await stored()).toEqual(messages);
    });

    it('publishes many messages at once', async () => {
      const { publisher, stored } = await emptyQueue();
      const ids = Array.from({ length: 20 }, (_, index) => `m-${index}`);
      const results = await Promise.all(ids.map((id) => publisher.publish(messageOf(id))));
      expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['published']));
      expect(new Set((await stored()).map(({ id }) => id))).toEqual(new Set(ids));
    });

    it('takes a message again under the same ID', async () => {
      const { publisher } = await emptyQueue();
      await publisher.publish(messageOf('m-1'));
      expect(await publisher.publish(messageOf('m-1'))).toEqual({ kind: 'published' });
    });

    it('answers too-large for a message that is too large for the queue', async () => {
      const { publisher, stored } = await emptyQueue('too-large');
      expect(await publisher.publish(messageOf('m-1'))).toEqual({ kind: 'too-large' });
      expect(await stored()).toEqual([]);
    });

    it('answers unknown with the cause when the message gets lost', async () => {
      const { publisher, stored } = await emptyQueue('message-lost');
      expect(await publisher.publish(messageOf('m-1'))).toEqual({ kind: 'unknown', cause: expect.any(Error) });
      expect(await stored()).toEqual([]);
    });

    it('answers unknown with the cause when the queue has the message but the confirmation gets lost', async () => {
      const { publisher, stored } = await emptyQueue('confirmation-lost');
      expect(await publisher.publish(messageOf('m-1'))).toEqual({ kind: 'unknown', cause: expect.any(Error) });
      expect(await stored()).toContainEqual(messageOf('m-1'));
    });
  });
}

const messageOf = (id: string): Message => ({
  id: id as MessageId,
  source: '/api/messages',
  type: 'test.message',
  content: { kind: 'json', value: { amount: 1.5, text: 'é 😀' } },
});
