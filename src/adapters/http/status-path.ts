import { escapeId, unescapeText } from '../../domain/escaped-id.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';
import { type MessageIdentity, parseSource } from '../../domain/work-key.ts';
import type { ApiRequest } from './api-request.ts';

export const messagesPath = '/api/messages';

/**
 * Where the status of a message is found. An ID of characters that no reader of a URL changes is in it as it is. Any other
 * is escaped, and the link says so: the same text, without that, is another ID. The source of another producer's event goes
 * along as a parameter.
 */
export function statusPath({ id, source }: MessageIdentity): string {
  const escaped: string = escapeId(id);
  const parameters = [
    ...(escaped === id ? [] : ['escaped=true']),
    ...(source === undefined ? [] : [`source=${encodeURIComponent(source)}`]),
  ];
  return `${messagesPath}/${escaped}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}`;
}

/**
 * The message whose status a request asks for; what is wrong with it; or that it is `unclear`, since a host has decoded the
 * URL before: of `%2520` it makes another ID than its client meant, and what its router read then differs.
 */
export function identityIn({
  url,
  routeParameter,
}: Pick<ApiRequest, 'url' | 'routeParameter'>): MessageIdentity | { readonly problem: string } | 'unclear' {
  const { pathname, searchParams } = new URL(url);
  const segment = pathname.slice(messagesPath.length + 1);
  const isEscaped = searchParams.get('escaped') === 'true';
  const text = isEscaped ? unescapeText(segment) : percentDecoded(segment);
  if (text === undefined) {
    const form = isEscaped ? 'escaped as our links are' : 'percent-encoded UTF-8';
    return { problem: `What follows ${messagesPath}/ is not ${form}.` };
  }
  if (!isEscaped && routeParameter !== undefined && routeParameter !== text) return 'unclear';
  const id = parseMessageId(text);
  if (!isMessageId(id)) return { problem: `The message ID ${id.problem}` };
  const source = searchParams.get('source') || undefined;
  if (source === undefined) return { id };
  const parsed = parseSource(source);
  return typeof parsed === 'string' ? { id, source: parsed } : { problem: `The source ${parsed.problem}` };
}

/** Undefined if it is not percent-encoded UTF-8. */
function percentDecoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
