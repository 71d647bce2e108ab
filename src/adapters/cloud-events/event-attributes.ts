import type { Message } from '../../domain/message.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';
import { traceContext } from '../../domain/trace-context.ts';
import { parseSource } from '../../domain/work-key.ts';
import type { TypedContent } from './body-content.ts';

/** What is wrong with an event, as a sentence. */
export type EventProblem = { readonly problem: string };

export const isProblem = (value: object): value is EventProblem => 'problem' in value;

/**
 * The message of an event with these context attributes and this data, whatever mode it came in; or what is wrong with it. The
 * type that its attributes give the data counts before what else is known of it.
 *
 * Source of the rules: CloudEvents 1.0.2, "Context Attributes"; of the trace: its Distributed Tracing extension.
 */
export function messageFromAttributes(
  attributes: Readonly<Record<string, unknown>>,
  { content, contentType }: TypedContent,
): Message | EventProblem {
  const {
    specversion,
    id: givenId,
    source: givenSource,
    type,
    time,
    datacontenttype,
    traceparent,
    tracestate,
    ...rest
  } = attributes;
  if (specversion !== '1.0') return { problem: 'The event\'s "specversion" must be "1.0".' };
  const id = parseMessageId(givenId);
  if (!isMessageId(id)) return { problem: `The event's "id" ${id.problem}` };
  const source = parseSource(givenSource);
  if (typeof source !== 'string') return { problem: `The event's "source" ${source.problem}` };
  if (!isText(type)) return { problem: 'The event\'s "type" must be a text that is not empty.' };
  for (const [name, attribute] of Object.entries({ time, datacontenttype })) {
    if (!isAbsent(attribute) && !isText(attribute))
      return { problem: `The event's "${name}" must be a text that is not empty.` };
  }
  if (isText(datacontenttype) && !headerValue.test(datacontenttype)) {
    return { problem: 'The event\'s "datacontenttype" must be a media type, which has no such characters.' };
  }
  const others = Object.entries(rest).filter(isFurtherAttribute);
  return {
    id,
    source,
    type,
    ...(isText(time) && { time }),
    ...(isText(datacontenttype) ? { contentType: datacontenttype } : contentType !== undefined && { contentType }),
    ...traceContext(traceparent, tracestate),
    ...(others.length > 0 && { attributes: Object.fromEntries(others) }),
    content,
  };
}

/** Whoever stores the content says its type in a header. Source: RFC 9110, section 5.5, field values. */
export const headerValue: RegExp = /^[\t\x20-\x7e\x80-\xff]+$/;

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
/** Source: CloudEvents JSON event format, section 2.2: an attribute may be null, which is the same as absent. */
export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;
/** Source: CloudEvents 1.0.2, "Naming Conventions" and "Type System"; no attribute is called "data". */
const isFurtherAttribute = (attribute: [string, unknown]): attribute is [string, string | number | boolean] =>
  /^(?!data$)[a-z0-9]+$/.test(attribute[0]) && ['string', 'number', 'boolean'].includes(typeof attribute[1]);
