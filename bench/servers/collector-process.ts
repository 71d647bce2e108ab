import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveCalls } from '../processes/serve-calls.ts';

/** How a collector answers what is exported to it; `away`: nothing listens there. */
export type CollectorKind = 'good' | 'slow' | 'failing' | 'away';

const servers: Server[] = [];

serveCalls({
  /** Its endpoint. */
  listen: async (kind: CollectorKind): Promise<string> => {
    const server = createServer((request, response) => void answer(kind, request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    if (kind === 'away') await new Promise((resolve) => server.close(resolve));
    else servers.push(server);
    return `http://127.0.0.1:${port}`;
  },
});

/** Takes all of it in. One that is slow keeps its answer for longer than any exporter waits. */
async function answer(kind: CollectorKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _chunk of request);
  if (kind === 'good') response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  if (kind === 'failing') response.writeHead(500).end();
}
