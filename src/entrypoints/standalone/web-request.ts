import type { IncomingMessage } from 'node:http';
import { problem } from '../http/problem.ts';
import { bodyOf } from './incoming-body.ts';

/**
 * A request of node:http as a web-standard one, whose signal is aborted with `gone`; or the answer to one that cannot be a web
 * Request.
 */
export function webRequest(incoming: IncomingMessage, gone: AbortSignal): Request | Response {
  const { method = 'GET', url = '/', headersDistinct } = incoming;
  // What the server as a whole can do. Source: RFC 9110, section 9.3.7.
  if (url === '*' && method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  if (method === 'TRACE') return problem('method-not-allowed', `Allowed here: ${allow}.`, { headers: { allow } });
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const hasBody = method !== 'GET' && method !== 'HEAD';
  try {
    // The path is all that counts; what a client gives as Host may be anything. A proxy's client sends the whole URL.
    return new Request(url.startsWith('/') ? `http://localhost${url}` : url, {
      method,
      headers,
      signal: gone,
      ...(hasBody && { body: bodyOf(incoming), duplex: 'half' }),
    });
  } catch {
    return problem('bad-request', 'The request line holds no URL, or a method that is not served here.');
  }
}

const allow = 'GET, HEAD, POST, OPTIONS';
