import { once } from 'node:events';
import { connect } from 'node:net';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import type { ApiAnswer, ApiRequest } from './api-contract.ts';
import { describeApi } from './describe-api.ts';

describeApi('The standalone host', {
  start: async (settings) => {
    const host = await startStandaloneHost(readConfig({ ...settings, MAX_CONCURRENT_REQUESTS: '1' }), () => undefined);
    return {
      send: async ({ method, path, headers, body }) => {
        const init = { method, headers: { connection: 'close', ...headers }, ...(body !== undefined && { body }) };
        const response = await fetch(host.address + path, init);
        return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
      },
      stop: () => host.stop(),
      address: host.address,
    };
  },
  // It takes a client 10 s to be that slow; see the tests of the web server.
  notHere: ['any request-timeout'],
  more: async (api, contract) => {
    const { port } = new URL((api as unknown as { readonly address: string }).address);
    const raw = async (request: ApiRequest, text: string) => contract.check(request, await talk(Number(port), text));
    const post = { method: 'POST', path: '/api/messages' };
    await raw(post, 'POST /api/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf');
    await raw(post, 'POST /api/messages HTTP/1.1\r\n: x\r\n\r\n');
    await raw(post, 'POST /api/messages HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nConnection: close\r\n\r\n');
    await raw(post, 'POST /api/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n');
    await raw(post, `POST /api/messages HTTP/1.1\r\nHost: ${'a'.repeat(20_000)}\r\n\r\n`);
    const notFound = { method: 'GET', path: '/api/nothing' };
    contract.check(notFound, await api.send(notFound));
    const held = { method: 'GET', path: '/api/messages/is-processing', headers: { prefer: 'wait=2' } };
    // Which of the two comes first is not known, but only one is answered.
    for (const answer of await Promise.all([api.send(held), api.send(held)])) contract.check(held, answer);
  },
});

/** Sends `text` and ends its side of the connection. What comes back is one answer. */
async function talk(port: number, text: string): Promise<ApiAnswer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  socket.setEncoding('utf8').on('data', (part) => {
    received += part;
  });
  socket.end(text);
  await once(socket, 'close');
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const content = rest.join('\r\n\r\n');
  const isChunked = headers['transfer-encoding'] === 'chunked';
  return { status: Number(statusLine.split(' ')[1]), headers, body: isChunked ? unchunked(content) : content };
}

/** The content of an answer that came in chunks, none of which holds a line break before its end. */
const unchunked = (text: string): string =>
  text
    .split('\r\n')
    .filter((_, index) => index % 2 === 1)
    .join('');
