import { essenceOf } from '../../domain/media-type.ts';
import type { Content, Message } from '../../domain/message.ts';
import { canonicalMember } from './canonical-json.ts';
import { type EventProblem, isAbsent, isProblem, messageFromAttributes } from './event-attributes.ts';
import { isTooDeep, isWrittenAlike, jsonContent } from './json-content.ts';
import { jsonMembers } from './json-members.ts';

/** The media type of an event in structured JSON mode. Source: CloudEvents 1.0.2, JSON event format, section 3. */
export const eventContentType = 'application/cloudevents+json';

/** `message` as a CloudEvents 1.0 event in structured JSON mode. Content that is not a JSON value goes along in Base64. */
export function eventDocument(message: Message): string {
  const { id, source, type, time, contentType, content, traceparent, tracestate, attributes } = message;
  return JSON.stringify({
    ...attributes,
    specversion: '1.0',
    id,
    source,
    type,
    time,
    datacontenttype: contentType,
    traceparent,
    tracestate,
    ...(content.kind === 'json'
      ? { data: content.value }
      : { data_base64: Buffer.from(content.bytes).toString('base64') }),
  });
}

/**
 * The message in `text`, JSON of an event in structured mode; undefined if it is not JSON, or not an event; or what is wrong
 * with it. Its data is content as JSON over HTTP is: a value only if nothing of the text gets lost in it.
 *
 * Source: CloudEvents 1.0.2, JSON event format.
 */
export function messageFromEvent(text: string): Message | EventProblem | undefined {
  const read = readEvent(text);
  return read === undefined || isProblem(read) ? read : read.message;
}

/** The message of an event, and of its data the canonical form (RFC 8785), where that takes no writing. */
export interface ReadEvent {
  readonly message: Message;
  readonly canonical: Uint8Array | undefined;
}

/** As messageFromEvent. `bytes` are those of the text. */
export function readEvent(text: string, bytes?: Uint8Array): ReadEvent | EventProblem | undefined {
  const value = parsed(text);
  if (!isObject(value) || value['specversion'] !== '1.0') return undefined;
  const { data, data_base64: base64, ...attributes } = value;
  const canonical = bytes === undefined ? undefined : canonicalMember(bytes, 'data');
  // Most events are written as JSON.stringify writes them: then nothing of them was lost, and nothing stands twice.
  const isWhole = canonical !== undefined || (isWrittenAlike(text, value) && !isTooDeep(data));
  const dataText = isWhole ? undefined : dataTextOf(text);
  if (typeof dataText === 'object') return dataText;
  const content = contentFrom({ data, base64, dataText });
  if (isProblem(content)) return content;
  // Source: section 3.1: data that is JSON needs no type.
  const contentType = isAbsent(base64) ? 'application/json' : undefined;
  const message = messageFromAttributes(attributes, { content, contentType });
  return isProblem(message) ? message : { message, canonical };
}

/** The text of `data` in an event; or, since no two readers need agree on it, that it has one of its members twice. */
function dataTextOf(text: string): string | undefined | EventProblem {
  const members = jsonMembers(text);
  const names = members.map(([name]) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return { problem: `The event has ${JSON.stringify(repeated)} twice.` };
  return members.find(([name]) => name === 'data')?.[1];
}

function contentFrom({
  data,
  base64,
  dataText,
}: {
  readonly data: unknown;
  readonly base64: unknown;
  readonly dataText: string | undefined;
}): Content | EventProblem {
  if (!isAbsent(base64)) {
    if (data !== undefined) return { problem: 'The event has both "data" and "data_base64"; only one is allowed.' };
    if (typeof base64 !== 'string' || !isBase64(base64))
      return { problem: 'The event\'s "data_base64" is not Base64.' };
    return { kind: 'binary', bytes: Buffer.from(base64, 'base64') };
  }
  return dataText === undefined ? { kind: 'json', value: data ?? null } : jsonContent(Buffer.from(dataText));
}

/** Source: RFC 4648, section 4. Node skips what it does not know, so that damaged content would pass for a shorter one. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

/** What a content type says of events in structured mode: one in JSON; or several, or a format that is not read here. */
export function structuredModeOf(contentType: string | undefined): 'json' | EventProblem | undefined {
  const essence = essenceOf(contentType ?? '');
  if (essence === eventContentType) return 'json';
  // Source: CloudEvents 1.0.2, HTTP and AMQP bindings: the prefix tells structured mode and batches from all others.
  if (essence.startsWith('application/cloudevents-batch')) return batchProblem;
  if (!essence.startsWith('application/cloudevents')) return undefined;
  return { problem: `Events of the type ${essence} cannot be read, only those of ${eventContentType}.` };
}

export const batchProblem: EventProblem = {
  problem: 'This is a batch of CloudEvents, of which each is to be done once: send each event by itself.',
};

/** Whether a value is a list of events. */
export const isBatch = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => isObject(each) && each['specversion'] === '1.0');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
