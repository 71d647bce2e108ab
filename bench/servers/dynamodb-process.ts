import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { serveCalls } from '../processes/serve-calls.ts';

// dynalite keeps its items in memory. It costs 2 to 3 ms a message, which is not DynamoDB's cost; the client's own is real.
const server = dynalite({ createTableMs: 0 });
const [answer] = server.listeners('request') as [RequestListener];
let latencyMs = 0;
let requests = 0;
server.removeAllListeners('request');
server.on('request', (request, response) => {
  requests += 1;
  if (latencyMs > 0) setTimeout(() => answer(request, response), latencyMs);
  else answer(request, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

serveCalls({
  address: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  answerAfter: (ms: number) => {
    latencyMs = ms;
  },
  countRequests: () => {
    const counted = requests;
    requests = 0;
    return counted;
  },
});
