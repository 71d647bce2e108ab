import type { IncomingMessage } from 'node:http';
import type { ApiRequest } from '../../../adapters/http/api-request.ts';
import { problem } from '../../../adapters/http/problem.ts';
import { bodyOf } from './incoming-body.ts';

/** A request of node:http as the HTTP rules read it, whose signal is aborted with `gone`; or the answer to one that they cannot. */
export function apiRequest(incoming: IncomingMessage, gone: AbortSignal): ApiRequest | Response {
  const { method = 'GET', url: target = '/' } = incoming;
  // What the server as a whole can do. Source: RFC 9110, section 9.3.7.
  if (target === '*' && method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  if (method === 'TRACE') return problem('method-not-allowed', `Allowed here: ${allow}.`, { headers: { allow } });
  // The path is all that counts; what a client gives as Host may be anything. A proxy's client sends the whole URL.
  const url = URL.parse(target.startsWith('/') ? `http://localhost${target}` : target);
  if (url === null || url.username !== '' || url.password !== '') {
    return problem('bad-request', 'The request line holds no URL, or one with a user in it.');
  }
  return {
    method,
    url: url.href,
    // A header that comes twice is one with both values. Source: RFC 9110, section 5.2.
    headers: { get: (name) => incoming.headersDistinct[name.toLowerCase()]?.join(', ') ?? null },
    body: method === 'GET' || method === 'HEAD' ? null : bodyOf(incoming),
    signal: gone,
  };
}

const allow = 'GET, HEAD, POST, OPTIONS';
