import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { TraceContext } from '../../domain/trace-context.ts';
import { type ApiResponse, TextResponse } from '../http/api-response.ts';

/** The host's request as the HTTP rules read it: a web-standard one, and what the host's router made of its last segment. */
export function apiRequest(
  { url, method, headers, body, params }: HttpRequest,
  hostTrace: TraceContext | undefined,
): Request & { readonly routeParameter: string | undefined; readonly hostTrace: TraceContext | undefined } {
  const request = new Request(url, { method, headers, ...(body !== null && { body, duplex: 'half' }) });
  return Object.assign(request, { routeParameter: params['messageId'], hostTrace });
}

/** An answer as the host takes one. */
export async function hostResponse(response: ApiResponse): Promise<HttpResponseInit> {
  const { status } = response;
  if (response instanceof TextResponse) return { status, headers: response.plainHeaders, body: response.content };
  return { status, headers: Object.fromEntries(response.headers), body: await response.arrayBuffer() };
}
