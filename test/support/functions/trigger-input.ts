import type { TypedData } from './protocol.ts';

/** A message as the broker holds it. */
export interface BrokerMessage {
  readonly body: Uint8Array;
  readonly messageId?: string;
  readonly contentType?: string;
  readonly deliveryCount?: number;
  readonly expiresAt?: string;
  readonly applicationProperties?: Readonly<Record<string, unknown>>;
  readonly sequenceNumber?: number;
  /** What else a sender can set, as the host names it. */
  readonly sent?: Readonly<Record<'Subject' | 'CorrelationId' | 'SessionId', string>>;
}

/** How a binding asks for the body: as bytes; or, when it says nothing, as text. */
export type DataType = 'binary' | 'string';

/** What a host sends to the worker for one invocation. */
export interface TriggerInput {
  readonly data: TypedData;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
}

/** The input of a Service Bus trigger for one message. */
export function triggerInput(message: BrokerMessage, dataType: DataType): TriggerInput {
  const metadata: Record<string, unknown> = {
    MessageId: message.messageId,
    ContentType: message.contentType,
    DeliveryCount: message.deliveryCount ?? 1,
    SequenceNumber: message.sequenceNumber ?? 41,
    ...message.sent,
    LockToken: '0f5c3d1e-7a43-4d3c-8a54-0d0e6f4b1a2c',
    // The one is a DateTime that has lost its zone, the other a DateTimeOffset.
    EnqueuedTimeUtc: '2026-11-22T06:20:07.834',
    EnqueuedTime: '2026-11-22T06:20:07.834+00:00',
    ExpiresAtUtc: message.expiresAt ?? '9999-12-31T23:59:59.9999999',
    ExpiresAt: `${message.expiresAt ?? '9999-12-31T23:59:59.9999999'}+00:00`,
    ApplicationProperties: message.applicationProperties ?? {},
    UserProperties: message.applicationProperties ?? {},
    MessageActions: {},
  };
  const text = new TextDecoder().decode(message.body);
  if (dataType === 'string') applyBindingData(text, metadata);
  const data: TypedData = dataType === 'binary' ? { bytes: message.body } : { string: text };
  return { data, triggerMetadata: typed(metadata) };
}

/**
 * The host's rule, by which a body of JSON text replaces a message's own properties: every top-level member that is no array
 * and not null goes into the same dictionary, ignoring case, and by way of a C# string. Only a text is looked into.
 *
 * Source: azure-functions-host, `Utility.ApplyBindingData`.
 */
function applyBindingData(text: string, metadata: Record<string, unknown>): void {
  const body = parsed(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  for (const [name, value] of Object.entries(body)) {
    if (value === null || Array.isArray(value)) continue;
    const key = Object.keys(metadata).find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
    metadata[key] = csharpText(value);
  }
}

const csharpText = (value: unknown): unknown => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? value : String(value);
};

/** Nulls are left out, texts go as such, everything else as JSON. Source: `GrpcMessageConversionExtensions.ToRpc`. */
const typed = (metadata: Readonly<Record<string, unknown>>): Record<string, TypedData> =>
  Object.fromEntries(
    Object.entries(metadata)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) }]),
  );

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
