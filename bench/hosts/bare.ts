import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBusClient } from '@azure/service-bus';
// Or the SDK's small frames wait for acknowledgements, and what is compared with would look worse than it can be.
import '../../src/adapters/service-bus/no-delay.ts';
import type { Host, HostSettings } from './host.ts';

/** As many as the product's host by default. */
const maxConcurrentCalls = 16;

/**
 * What one would write without the product: node:http that sends each body as it is, unchecked, and a receiver that completes
 * each message. The SDK with its defaults.
 */
export async function startBare({ env, receives }: HostSettings): Promise<Host> {
  const client = new ServiceBusClient(env['ServiceBusConnection'] ?? '');
  const queueName = env['QUEUE_NAME'] ?? '';
  const sender = client.createSender(queueName);
  const server = createServer(async (request, response) => {
    const messageId = randomUUID();
    try {
      await sender.sendMessages({ messageId, body: await bodyOf(request), contentType: 'application/json' });
      response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ messageId }));
    } catch (error) {
      response.writeHead(503).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  if (receives) {
    const receiver = client.createReceiver(queueName, {
      skipParsingBodyAsJson: true,
      maxAutoLockRenewalDurationInMs: 0,
    });
    receiver.subscribe(
      { processMessage: (message) => receiver.completeMessage(message), processError: async () => undefined },
      { maxConcurrentCalls, autoCompleteMessages: false },
    );
  }
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await client.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
