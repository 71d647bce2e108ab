import type { Message } from '../../domain/message.ts';
import type { TypedContent } from './body-content.ts';
import { type EventProblem, messageFromAttributes } from './event-attributes.ts';

/** Both prefixes are in use; the second one is for senders whose libraries refuse colons. */
const prefixes = ['cloudEvents:', 'cloudEvents_'];

/** A message that has one of these is meant as an event. */
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
    for (const [property, given] of Object.entries(properties)) {
      if (!property.startsWith(prefix)) continue;
      const value = attributeValue(given);
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
  // A receiver that keeps no types shows a timestamp of AMQP as a number of milliseconds.
  if (typeof time === 'number') attributes['time'] = timeText(new Date(time));
  return messageFromAttributes(attributes, contentOf());
}

/** Source: CloudEvents 1.0.2, "Type System": the canonical text of what AMQP has a type of its own for. */
function attributeValue(value: unknown): unknown {
  if (value instanceof Date) return timeText(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'bigint' ? String(value) : value;
}

const timeText = (time: Date): string | undefined => (Number.isNaN(time.getTime()) ? undefined : time.toISOString());
