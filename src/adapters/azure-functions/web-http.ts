import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { TraceContext } from '../../domain/trace-context.ts';

/** The host's request as the HTTP rules read it: a web-standard one, and what the host's router made of its last segment. */
export function apiRequest(
  { url, method, headers, body, params }: HttpRequest,
  hostTrace: TraceContext | undefined,
): Request & { readonly routeParameter: string | undefined; readonly hostTrace: TraceContext | undefined } {
  const request = new Request(url, { method, headers, ...(body !== null && { body, duplex: 'half' }) });
  return Object.assign(request, { routeParameter: params['messageId'], hostTrace });
}

/** As much of a web-standard response as there is, as the host takes one. */
export const hostResponse = async (
  response: Pick<Response, 'status' | 'headers' | 'arrayBuffer'>,
): Promise<HttpResponseInit> => ({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.arrayBuffer(),
});
