import type { Consumer } from '../../src/broker/consumer.ts';
import type { Queue } from '../../src/broker/queue.ts';
import type { MessageContent, StoredMessage } from '../../src/broker/stored-message.ts';

/** A message with nothing in it but its ID, and what matters for time. */
export const content = (messageId: string, timing: Partial<MessageContent> = {}): MessageContent => ({
  messageId,
  sessionId: undefined,
  size: 0,
  timeToLiveMs: undefined,
  scheduledEnqueueTime: undefined,
  readProperties: () => ({ system: new Map([['MessageId', messageId]]), application: new Map() }),
  withProperties: () => content(messageId, timing),
  withApplicationProperties: () => content(messageId, timing),
  encode: () => Buffer.alloc(0),
  ...timing,
});

/** Takes one message now, or none. */
export function receiveFrom(queue: Queue): StoredMessage | undefined {
  const received: StoredMessage[] = [];
  const consumer: Consumer = {
    receiveMode: 'peekLock',
    hasRoom: () => received.length === 0,
    deliver: (message) => void received.push(message),
  };
  queue.wait(consumer);
  queue.leave(consumer);
  return received[0];
}

/** The lock token, or text that is none. */
export const tokenOf = (message: StoredMessage | undefined): string => message?.lock?.token ?? 'no lock';
