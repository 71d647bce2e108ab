import type { AmqpError } from './answer.ts';

/** The SDK tells by these words, not by the condition, that the entity is missing and trying again is of no use. */
export const notFound = (path: string): AmqpError => ({
  condition: 'amqp:not-found',
  description: `The messaging entity '${path}' could not be found.`,
});

export const notForSenders = (path: string): AmqpError => ({
  condition: 'amqp:not-allowed',
  description: `Nobody may send to ${path}. Messages come to it from its topic, or from the queue whose dead letters it has.`,
});

export const notForReceivers = (topic: string): AmqpError => ({
  condition: 'amqp:not-allowed',
  description: `Nobody may receive from the topic ${topic}. Receive from one of its subscriptions, ${topic}/Subscriptions/NAME.`,
});

/** What is not emulated is refused by name: a client that is let in would wait for what cannot come. */
export const noSessions = (queue: string): AmqpError => ({
  condition: 'amqp:not-allowed',
  description: `The queue ${queue} has no sessions: this emulator does not emulate sessions. Receive without one.`,
});

export const noTransactions: AmqpError = {
  condition: 'amqp:not-implemented',
  description: 'This emulator does not emulate transactions.',
};
