import type { AmqpError } from './answer.ts';

/** What is wrong with a client's bytes, by what rhea says of it. Source of the conditions: AMQP 1.0 part 2, section 2.8. */
export function wireErrorOf(error: unknown): AmqpError {
  const description = error instanceof Error ? error.message : String(error);
  const condition = conditions.find(([words]) => words.test(description))?.[1];
  if (condition !== undefined) return { condition, description };
  const isFraming = error instanceof Error && error.name === 'ProtocolError';
  return { condition: isFraming ? 'amqp:connection:framing-error' : 'amqp:decode-error', description };
}

const conditions: readonly (readonly [RegExp, string])[] = [
  [/^Invalid handle|after detach/, 'amqp:session:unattached-handle'],
  [/^Attach already received/, 'amqp:session:handle-in-use'],
  [/^circular buffer overflow/, 'amqp:session:window-violation'],
  [/is beyond the last/, 'amqp:connection:framing-error'],
  [/^frame sequence error/, 'amqp:not-allowed'],
];

export const channelError = (channel: number, why: string): AmqpError => ({
  condition: 'amqp:connection:framing-error',
  description: `No session can begin on channel ${channel}: ${why}.`,
});

/** A frame may be no longer than the emulator said when the connection was opened. */
export const frameTooLong = (size: number, maxFrameSize: number): AmqpError => ({
  condition: 'amqp:connection:framing-error',
  description: `A frame says that it has ${size} bytes. It may have ${maxFrameSize} at most.`,
});
