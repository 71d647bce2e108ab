import type { Content, Message } from '../../domain/message.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';

/** The media type of an event in structured JSON mode. Source: CloudEvents 1.0.2, JSON event format, section 3. */
export const eventContentType = 'application/cloudevents+json';

/** `message` as a CloudEvents 1.0 event in structured JSON mode. Content that is no JSON value goes along in Base64. */
export function eventDocument({ id, source, type, time, contentType, content, traceparent }: Message): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type,
    time,
    datacontenttype: contentType,
    traceparent,
    ...(content.kind === 'json'
      ? { data: content.value }
      : { data_base64: Buffer.from(content.bytes).toString('base64') }),
  });
}

export type EventProblem = { readonly problem: string };

/**
 * The message in `value`, a parsed event of structured JSON mode; undefined if it is no CloudEvent at all; or what is wrong
 * with it, as a sentence. Source of the rules: CloudEvents 1.0.2, "Context Attributes", and its JSON event format.
 */
export function messageFromEvent(value: unknown): Message | EventProblem | undefined {
  if (!isObject(value) || value['specversion'] !== '1.0') return undefined;
  const id = parseMessageId(value['id']);
  if (!isMessageId(id)) return { problem: `The event's "id" ${id.problem}` };
  const { source, type, time, datacontenttype, traceparent } = value;
  if (!isText(source)) return { problem: 'The event\'s "source" must be a text that is not empty.' };
  if (!isText(type)) return { problem: 'The event\'s "type" must be a text that is not empty.' };
  for (const [name, attribute] of Object.entries({ time, datacontenttype, traceparent })) {
    if (!isAbsent(attribute) && !isText(attribute)) return { problem: `The event's "${name}" must be a text.` };
  }
  if (isText(datacontenttype) && !headerValue.test(datacontenttype)) {
    return { problem: 'The event\'s "datacontenttype" must be a media type, which has no such characters.' };
  }
  const content = contentFrom(value);
  if ('problem' in content) return content;
  return {
    id,
    source,
    type,
    ...(isText(time) && { time }),
    ...(isText(datacontenttype) && { contentType: datacontenttype }),
    ...(isText(traceparent) && { traceparent }),
    content,
  };
}

/** Whoever stores the content says its type in a header. Source: RFC 9110, section 5.5, field values. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]+$/;

function contentFrom(event: Readonly<Record<string, unknown>>): Content | EventProblem {
  const { data, data_base64: base64 } = event;
  if (isAbsent(base64)) return { kind: 'json', value: data ?? null };
  if (data !== undefined) return { problem: 'The event has both "data" and "data_base64"; only one is allowed.' };
  if (typeof base64 !== 'string' || !isBase64(base64)) return { problem: 'The event\'s "data_base64" is not Base64.' };
  return { kind: 'binary', bytes: Buffer.from(base64, 'base64') };
}

/** Source: RFC 4648, section 4. Node skips what it does not know, so that damaged content would pass for a shorter one. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
/** Source: CloudEvents JSON event format, section 2.2: an attribute may be null, which is the same as absent. */
const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;
