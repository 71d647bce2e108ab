import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiResponse } from '../api-response.ts';
import { type ProblemKind, problem } from '../problem.ts';

/**
 * Answers what is not an HTTP request at all, or does not come to its end, with a problem, and closes the connection: where
 * on it the next request would begin cannot be told.
 */
export async function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
  if (error.code === 'ECONNRESET') return void socket.destroy();
  await endWith(socket, problem(...problemOf(error.code)));
}

/** Sends `response` on a connection that node:http has given up, and closes it. */
export async function endWith(socket: Duplex, response: ApiResponse): Promise<void> {
  if (!socket.writable) return void socket.destroy();
  const body = await response.text();
  const head = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status]}`,
    ...[...response.headers].map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** Source of the codes: Node.js, "HTTP", event 'clientError', and "Errors". */
function problemOf(code: string | undefined): [ProblemKind, string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['headers-too-large', 'The request line and the headers may have at most 16 KiB together.'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['request-timeout', 'Send the headers within 10 s and the whole request within 30 s.'];
    case 'HPE_INVALID_EOF_STATE':
      return ['incomplete-body', 'The request ended before it was complete.'];
    default:
      return ['bad-request', 'This is not an HTTP/1.1 request.'];
  }
}
