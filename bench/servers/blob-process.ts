import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { serveCalls } from '../processes/serve-calls.ts';
import { account, BlobService } from './blob-service.ts';
import { OldLocks } from './old-locks.ts';

/** Where the blobs are to be had: plain, and with TLS under `tls/certificate.pem`. */
export interface BlobAddresses {
  readonly http: string;
  readonly https: string;
}

// A process of its own, so that the cost of serving is not counted as a client's.
const service = new BlobService();
const http = createServer({ keepAliveTimeout: 60_000 }, service.onRequest);
const https = createTlsServer(
  {
    key: readFileSync(new URL('tls/key.pem', import.meta.url)),
    cert: readFileSync(new URL('tls/certificate.pem', import.meta.url)),
    keepAliveTimeout: 60_000,
  },
  service.onRequest,
);
for (const server of [http, https]) server.listen(0, '127.0.0.1');
await Promise.all([once(http, 'listening'), once(https, 'listening')]);

const portOf = (server: Server) => (server.address() as AddressInfo).port;

serveCalls({
  addresses: (): BlobAddresses => ({
    http: `http://127.0.0.1:${portOf(http)}/${account}`,
    https: `https://127.0.0.1:${portOf(https)}/${account}`,
  }),
  answerAfter: (latencyMs: number) => {
    service.latencyMs = latencyMs;
  },
  /** How many requests there were since this was asked last. */
  countRequests: () => {
    const { requests } = service;
    service.requests = 0;
    return requests;
  },
  holdOldLocks: (old: ConstructorParameters<typeof OldLocks>[0] | undefined) => {
    service.oldLocks = old && new OldLocks(old);
  },
  clear: () => service.stored.blobs.clear(),
});
