/** What the size of a message on the queue depends on. */
export interface SizedMessage {
  readonly messageId: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly applicationProperties?: Readonly<Record<string, string>>;
}

/**
 * The size of a message in bytes as the broker counts it, headers included; never less. A queue of the Standard tier takes
 * 262,144 bytes, one of the Premium tier what it is set to.
 *
 * Sources: OASIS AMQP 1.0, part 3, section 3.2, the sections of a message; Microsoft, "Service Bus quotas", message size.
 */
export const sizeOnQueue = ({ messageId, body, contentType, applicationProperties = {} }: SizedMessage): number =>
  body.byteLength +
  Buffer.byteLength(messageId) +
  Buffer.byteLength(contentType) +
  propertiesBytes(applicationProperties) +
  frameBytes;

/** Each name and value with its type and length. */
const propertiesBytes = (properties: Readonly<Record<string, string>>): number =>
  Object.entries(properties).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 10,
    0,
  );

/** Descriptors, lengths, the time to live, and what the SDK adds: less than a hundred bytes. */
const frameBytes = 128;
