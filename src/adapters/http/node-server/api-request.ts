import type { IncomingMessage } from 'node:http';
import type { ApiRequest } from '../api-request.ts';
import type { ApiResponse } from '../api-response.ts';
import { problem } from '../problem.ts';
import { bodyOf } from './incoming-body.ts';

/** A request of node:http as the HTTP rules read it, whose signal is that of `gone`; or the answer to one that they cannot. */
export function apiRequest(incoming: IncomingMessage, gone: () => AbortSignal): ApiRequest | ApiResponse {
  const { method = 'GET', url: target = '/' } = incoming;
  const refusal = hostRefusal(incoming) ?? transferCodingRefusal(incoming);
  if (refusal !== undefined) return refusal;
  // What the server as a whole can do. Source: RFC 9110, section 9.3.7.
  if (target === '*' && method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  if (method === 'TRACE') return methodNotAllowed();
  // The path is all that counts; what a client gives as Host may be anything. A proxy's client sends the whole URL.
  const url = URL.parse(target.startsWith('/') ? `http://localhost${target}` : target);
  if (url === null || url.username !== '' || url.password !== '') {
    return problem('bad-request', 'The request line has no valid URL, or a URL with a user in it.');
  }
  return {
    method,
    url: url.href,
    // A header that comes twice is one with both values. Source: RFC 9110, section 5.2.
    headers: {
      get: (name) => incoming.headersDistinct[name.toLowerCase()]?.join(', ') ?? null,
      keys: () => Object.keys(incoming.headersDistinct),
    },
    body: method === 'GET' || method === 'HEAD' ? null : bodyOf(incoming),
    get signal() {
      return gone();
    },
  };
}

const allow = 'GET, HEAD, POST, OPTIONS';

/** The answer to a method that no resource has. */
export const methodNotAllowed = (): ApiResponse =>
  problem('method-not-allowed', `Allowed here: ${allow}.`, { headers: { allow } });

/** node:http would refuse a missing one by itself, without a problem. Source: RFC 9112, section 3.2. */
function hostRefusal({ httpVersion, headersDistinct }: IncomingMessage): ApiResponse | undefined {
  const hosts = headersDistinct['host']?.length ?? 0;
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return undefined;
  return problem('bad-request', `An HTTP/1.1 request has one Host header, and this one has ${hosts}.`);
}

/** node:http takes the chunks apart and leaves the content compressed. Source: RFC 9112, section 6.1. */
function transferCodingRefusal({ headersDistinct }: IncomingMessage): ApiResponse | undefined {
  const codings = (headersDistinct['transfer-encoding'] ?? []).flatMap((value) => value.toLowerCase().split(','));
  if (codings.every((coding, index) => index === 0 && coding.trim() === 'chunked')) return undefined;
  return problem('not-implemented', 'The only Transfer-Encoding is "chunked". Send the body as it is.');
}
