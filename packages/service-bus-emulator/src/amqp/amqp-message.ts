import { randomUUID } from 'node:crypto';
import rhea, { type Typed } from 'rhea';
import type { MessageProperties } from '../broker/message-properties.ts';
import type {
  ApplicationProperties,
  BrokerProperties,
  EncodeOptions,
  MessageContent,
} from '../broker/stored-message.ts';
import { uuidBytes } from './lock-token.ts';
import { changeMessageProperties, readMessageProperties } from './message-properties.ts';
import { encodeSection, readSection, sectionCode, sectionsOf, writeSection } from './message-sections.ts';
import { mapOf, Writer } from './rhea-internals.ts';

const { types } = rhea;

/** An encoded message in the parts that a broker writes anew or hands on. An absent section is empty. */
interface Parts {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  /** Header fields by position. */
  readonly header: readonly Typed[];
  readonly annotations: readonly (readonly [Typed, Typed])[];
  readonly properties: Buffer;
  readonly applicationProperties: Buffer;
  /** The body's sections and the footer. */
  readonly body: Buffer;
}

/**
 * A message as it was encoded by its sender, which is handed on byte for byte: the bare message is immutable (AMQP 1.0
 * part 3, section 3.2). Only header and annotations are written anew for each delivery. A message without an ID gets one.
 */
export class AmqpMessage implements MessageContent {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly timeToLiveMs: number | undefined;
  readonly scheduledEnqueueTime: number | undefined;
  readonly #parts: Parts;

  /** Throws if the bytes are not an encoded message. */
  static decode(received: Buffer): AmqpMessage {
    // A copy: what was received is a slice of a larger network buffer, which a stored message would keep alive.
    const bytes = Buffer.from(received);
    const sections = sectionsOf(bytes);
    const itemsOf = (code: number): readonly Typed[] => {
      const section = sections.find((each) => each.code === code);
      return section === undefined ? [] : readSection(bytes, section).value;
    };
    const bytesOf = (code: number): Buffer => {
      const section = sections.find((each) => each.code === code);
      return bytes.subarray(section?.start ?? 0, section?.end ?? 0);
    };
    const properties = itemsOf(sectionCode.properties);
    const sentId = textOf(properties[0]);
    const messageId = sentId ?? randomUUID().replaceAll('-', '');
    const body = sections.find(({ code }) => code >= sectionCode.data);
    return new AmqpMessage({
      messageId,
      sessionId: properties[groupIdPlace]?.value ?? undefined,
      header: itemsOf(sectionCode.header),
      annotations: pairs(itemsOf(sectionCode.messageAnnotations)).filter(
        ([name]) => !brokerAnnotations.has(name.value),
      ),
      properties:
        sentId === undefined
          ? encodeSection(sectionCode.properties, types.wrap_list([messageId, ...properties.slice(1)]))
          : bytesOf(sectionCode.properties),
      applicationProperties: bytesOf(sectionCode.applicationProperties),
      body: bytes.subarray(body?.start ?? bytes.length),
    });
  }

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.messageId = parts.messageId;
    this.sessionId = parts.sessionId;
    this.timeToLiveMs = parts.header[2]?.value ?? undefined;
    const scheduled = parts.annotations.find(([name]) => name.value === 'x-opt-scheduled-enqueue-time')?.[1].value;
    this.scheduledEnqueueTime = scheduled instanceof Date ? scheduled.getTime() : undefined;
  }

  get size(): number {
    const { properties, applicationProperties, body } = this.#parts;
    return properties.length + applicationProperties.length + body.length;
  }

  readProperties(): MessageProperties {
    return readMessageProperties(this.#parts);
  }

  withProperties(properties: MessageProperties): AmqpMessage {
    const messageId = properties.system.get('MessageId') ?? this.messageId;
    const system = new Map(properties.system).set('MessageId', messageId);
    return new AmqpMessage({
      ...this.#parts,
      ...changeMessageProperties(this.#parts, { ...properties, system }),
      messageId,
      sessionId: system.get('SessionId'),
    });
  }

  withApplicationProperties(properties: ApplicationProperties): AmqpMessage {
    const changes = Object.entries(properties).filter(([, value]) => value !== undefined);
    if (changes.length === 0) return this;
    const { applicationProperties: encoded } = this.#parts;
    const merged = new Map<string, unknown>();
    for (const section of sectionsOf(encoded)) {
      for (const [name, value] of pairs(readSection(encoded, section).value)) merged.set(name.value, value);
    }
    for (const [name, value] of changes) merged.set(name, value);
    const applicationProperties = encodeSection(sectionCode.applicationProperties, types.wrap(merged));
    return new AmqpMessage({ ...this.#parts, applicationProperties });
  }

  encode(broker: BrokerProperties, { isLockTokenShown = false }: EncodeOptions = {}): Buffer {
    const { header, annotations, properties, applicationProperties, body } = this.#parts;
    const [durable, priority] = header;
    const { timeToLiveMs } = broker;
    const ttl = timeToLiveMs === undefined ? undefined : types.wrap_uint(Math.min(timeToLiveMs, maxUint));
    const fields = [durable, priority, ttl, undefined, types.wrap_uint(broker.deliveryCount)];
    const items = annotations.flat();
    items.push(annotation.sequenceNumber, types.wrap_long(broker.sequenceNumber));
    items.push(annotation.enqueueSequenceNumber, types.wrap_long(broker.enqueueSequenceNumber));
    items.push(annotation.enqueuedTime, types.wrap_timestamp(broker.enqueuedTime));
    items.push(annotation.messageState, types.wrap_int(messageStateCode[broker.state]));
    const source = broker.route?.deadLetterSource;
    if (source !== undefined) items.push(annotation.deadLetterSource, types.wrap_string(source));
    if (broker.lock !== undefined) items.push(annotation.lockedUntil, types.wrap_timestamp(broker.lock.until));

    const writer = new Writer(Buffer.allocUnsafe(512 + properties.length + applicationProperties.length + body.length));
    writeSection(writer, sectionCode.header, types.wrap_list(fields));
    if (isLockTokenShown && broker.lock !== undefined) {
      const token = types.wrap_uuid(uuidBytes(broker.lock.token));
      writeSection(writer, sectionCode.deliveryAnnotations, mapOf([annotation.lockToken, token]));
    }
    writeSection(writer, sectionCode.messageAnnotations, mapOf(items));
    for (const section of [properties, applicationProperties, body]) writer.write_bytes(section);
    return writer.toBuffer();
  }
}

/** The annotations that are the broker's to set. Source: Microsoft documentation "AMQP 1.0 protocol guide", messages. */
const annotation = {
  sequenceNumber: types.wrap_symbol('x-opt-sequence-number'),
  enqueueSequenceNumber: types.wrap_symbol('x-opt-enqueue-sequence-number'),
  enqueuedTime: types.wrap_symbol('x-opt-enqueued-time'),
  lockedUntil: types.wrap_symbol('x-opt-locked-until'),
  lockToken: types.wrap_symbol('x-opt-lock-token'),
  messageState: types.wrap_symbol('x-opt-message-state'),
  deadLetterSource: types.wrap_symbol('x-opt-deadletter-source'),
} as const;

const brokerAnnotations: ReadonlySet<string> = new Set(Object.values(annotation).map(({ value }) => value));

/** Where the section of the properties has the session ID. Source: AMQP 1.0 part 3, section 3.2.4. */
const groupIdPlace = 10;

/** The longest time to live that a header can say, in milliseconds. */
const maxUint = 2 ** 32 - 1;

const messageStateCode = { active: 0, deferred: 1, scheduled: 2 } as const;

/** A map's items, which come as name, value, name, value. */
const pairs = (items: readonly Typed[]): (readonly [Typed, Typed])[] =>
  items.flatMap((name, place) => {
    const value = items[place + 1];
    return place % 2 === 0 && value !== undefined ? [[name, value] as const] : [];
  });

/** A message ID can be a string, a number, a UUID or binary; an empty one counts as none. */
function textOf(id: Typed | undefined): string | undefined {
  const value: unknown = id?.value;
  if (Buffer.isBuffer(value)) return value.length === 16 ? rhea.uuid_to_string(value) : value.toString('hex');
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
