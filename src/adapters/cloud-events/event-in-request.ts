import type { Message } from '../../domain/message.ts';
import { eventData, type TypedContent } from './body-content.ts';
import { type EventProblem, messageFromAttributes } from './event-attributes.ts';
import { eventContentType, messageFromEvent, structuredModeOf } from './event-document.ts';

/** What tells an event in a request from other content. */
export interface RequestParts {
  readonly contentType: string | undefined;
  readonly headers: { readonly get: (name: string) => string | null; readonly keys: () => Iterable<string> };
  readonly body: Uint8Array;
}

/**
 * The event that a request carries, in structured JSON or in binary mode; undefined if it carries other content; or what is
 * wrong with it.
 *
 * Source: CloudEvents 1.0.2, HTTP protocol binding, section 3.
 *
 * @throws SyntaxError if the content type says that it is one in JSON, and the body is not JSON in UTF-8.
 */
export function eventInRequest({ contentType, headers, body }: RequestParts): Message | EventProblem | undefined {
  const mode = structuredModeOf(contentType);
  if (mode === 'json') {
    const text = utf8.decode(body);
    JSON.parse(text);
    return (
      messageFromEvent(text) ?? { problem: `The body is not the CloudEvent that its type ${eventContentType} says.` }
    );
  }
  if (mode !== undefined) return mode;
  if (!isEventInHeaders(headers)) return undefined;
  return eventFromHeaders(headers, eventData(body, contentType));
}

/** Whether the headers are those of an event in binary mode, whose body is its data and may be empty. */
export const isEventInHeaders = (headers: RequestParts['headers']): boolean =>
  ['ce-specversion', 'ce-id', 'ce-source'].some((name) => headers.get(name) !== null);

function eventFromHeaders(headers: RequestParts['headers'], data: TypedContent): Message | EventProblem {
  const attributes: Record<string, unknown> = {};
  for (const header of headers.keys()) {
    const [, name] = /^ce-([a-z0-9]+)$/i.exec(header) ?? [];
    if (name === undefined) continue;
    const value = attributeFrom(headers.get(header) ?? '');
    if (value === undefined) return { problem: `The header ce-${name.toLowerCase()} must be percent-encoded UTF-8.` };
    attributes[name.toLowerCase()] = value;
  }
  return messageFromAttributes(attributes, data);
}

/** Source: CloudEvents 1.0.2, HTTP protocol binding, section 3.1.3.2: quoted or not, then percent-decoded once. */
function attributeFrom(header: string): string | undefined {
  const text = /^".*"$/s.test(header) ? header.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : header;
  // Other characters come as bytes in an encoding that nobody knows.
  if (!/^[\x20-\x7e]*$/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const utf8 = {
  decode: (bytes: Uint8Array): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw new SyntaxError('The text is not UTF-8.');
    }
  },
};
