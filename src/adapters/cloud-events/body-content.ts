import { isJsonType } from '../../domain/media-type.ts';
import type { Content } from '../../domain/message.ts';
import { jsonContent } from './json-content.ts';

/** Content, and its media type as far as it is known. */
export interface TypedContent {
  readonly content: Content;
  readonly contentType: string | undefined;
}

/** What the body of an event in binary mode is. An event may have no data. */
export const eventData = (bytes: Uint8Array, contentType: string | undefined): TypedContent =>
  bytes.byteLength === 0 && contentType === undefined ? noData : bodyContent(bytes, contentType);

/** As the JSON format reads an event without data. */
const noData: TypedContent = { content: { kind: 'json', value: null }, contentType: 'application/json' };

/**
 * What a body of bytes is, under the type that its sender gave it: JSON if the type says so, or if none says anything else,
 * and it is JSON; bytes otherwise.
 */
export function bodyContent(bytes: Uint8Array, contentType: string | undefined): TypedContent {
  if (contentType !== undefined && !isJsonType(contentType)) return { content: { kind: 'binary', bytes }, contentType };
  try {
    return { content: jsonContent(bytes), contentType: contentType ?? 'application/json' };
  } catch {
    return { content: { kind: 'binary', bytes }, contentType };
  }
}
