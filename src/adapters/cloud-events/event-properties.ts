import type { Message } from '../../domain/message.ts';
import type { TypedContent } from './body-content.ts';
import { type EventProblem, messageFromAttributes } from './event-attributes.ts';

/** Both prefixes are in use; the second one is for senders whose libraries refuse colons. */
const prefixes = ['cloudEvents:', 'cloudEvents_'];

/** What makes an event of a message, once one of them is there. */
const required = ['specversion', 'id', 'source', 'type'];

/**
 * The event in a message in binary mode: its attributes are application properties with a prefix, its data the body. Undefined
 * if it is not one, or what is wrong with it.
 *
 * Source: CloudEvents 1.0.2, AMQP protocol binding, section 3.1.
 */
export function eventFromProperties(
  properties: Readonly<Record<string, unknown>>,
  contentOf: () => TypedContent,
): Message | EventProblem | undefined {
  const attributes: Record<string, unknown> = Object.create(null);
  for (const prefix of prefixes) {
    for (const [property, value] of Object.entries(properties)) {
      if (!property.startsWith(prefix)) continue;
      const name = property.slice(prefix.length);
      const other = attributes[name];
      if (other !== undefined && other !== value) {
        return { problem: `The message has two properties for the event's "${name}", and they differ.` };
      }
      attributes[name] = value;
    }
  }
  if (!required.some((name) => name in attributes)) return undefined;
  const { time } = attributes;
  // A timestamp of AMQP arrives as a number of milliseconds.
  if (typeof time === 'number') attributes['time'] = timeText(time);
  return messageFromAttributes(attributes, contentOf());
}

function timeText(time: number): string | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
