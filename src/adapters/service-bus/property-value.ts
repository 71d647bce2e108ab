import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { bytesAsSent } from './message-id-text.ts';

/**
 * The sender's own properties with their types. What the SDK hands out as such has lost some: a time is a number there, and a
 * UUID, a big integer and bytes are objects with numbered members. The AMQP message beside it still has them.
 */
export function propertiesOf({
  applicationProperties = {},
  _rawAmqpMessage: raw,
}: ServiceBusReceivedMessage): Readonly<Record<string, unknown>> {
  const sent: Readonly<Record<string, unknown>> = raw?.applicationProperties ?? applicationProperties;
  // No prototype: a property may be called "__proto__".
  const properties: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(sent)) properties[name] = propertyValue(value);
  return properties;
}

const propertyValue = (value: unknown): unknown => (value instanceof Uint8Array ? bytesAsSent(value) : value);
