import { TextResponse } from './api-response.ts';

/** `body` as one line of JSON. Nothing of it may be kept by a cache: it is true only now. */
export const jsonResponse = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): TextResponse =>
  new TextResponse(status, `${JSON.stringify(body)}\n`, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
