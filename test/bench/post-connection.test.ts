import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { PostConnection } from '../../bench/traffic/post-connection.ts';

async function connectionTo(answer: RequestListener): Promise<PostConnection> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = await PostConnection.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    connection.close();
    server.close();
  });
  return connection;
}

it('posts one request after another over one connection, each with its content and key', async () => {
  const connections = new Set<unknown>();
  const connection = await connectionTo(async (request, response) => {
    connections.add(request.socket);
    let content = '';
    for await (const chunk of request) content += chunk;
    response.writeHead(202).end(JSON.stringify([request.url, request.headers['idempotency-key'] ?? null, content]));
  });
  expect(await connection.post('{"n":1}')).toContain(JSON.stringify(['/api/messages', null, '{"n":1}']));
  expect(await connection.post('{"n":2}', 'k')).toContain(JSON.stringify(['/api/messages', '"k"', '{"n":2}']));
  expect(connections.size).toBe(1);
});

it.each<readonly [string, readonly string[]]>([
  ['with a length', ['content-length', '6']],
  ['in chunks', []],
])('waits for the whole of an answer %s', async (_, headers) => {
  const connection = await connectionTo(async (_request, response) => {
    response.writeHead(202, [...headers]).write('one');
    for (let turn = 0; turn < 5; turn += 1) await setImmediate(); // the client gets what there is so far
    response.end('two');
  });
  expect(await connection.post('{}')).toMatch(/one.*two/s);
});

it('rejects when a message was not accepted, and when the host goes away', async () => {
  const refused = await connectionTo((_request, response) => response.writeHead(503).end('busy'));
  await expect(refused.post('{}')).rejects.toThrow('busy');
  const gone = await connectionTo((request) => request.socket.destroy());
  await expect(gone.post('{}')).rejects.toThrow('closed a connection');
});
