import { AmqpMessage } from './amqp-message.ts';
import { readSection, sectionCode, sectionsOf } from './message-sections.ts';

/**
 * The message format of a batch: one data section per message, each a whole encoded message. The envelope repeats
 * properties of the first one and means nothing. Source: Microsoft documentation "AMQP 1.0 protocol guide".
 */
const batchFormat = 0x80013700;

/** The messages of one transfer. Throws if the bytes are not what the format says. */
export function decodeTransfer(bytes: Buffer, messageFormat: number | null): readonly AmqpMessage[] {
  if (messageFormat !== batchFormat) return [AmqpMessage.decode(bytes)];
  return sectionsOf(bytes)
    .filter(({ code }) => code === sectionCode.data)
    .map((section) => AmqpMessage.decode(readSection(bytes, section).value));
}
