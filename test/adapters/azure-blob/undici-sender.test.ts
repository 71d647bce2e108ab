import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { UndiciSender } from '../../../src/adapters/azure-blob/undici-sender.ts';

const large = Buffer.alloc(20_000_000, 'x');

it('An answer is read no further than is wanted', async () => {
  const server = createServer((_, response) => void response.end(large));
  onTestFinished(() => server.closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const answer = await new UndiciSender().sendWhole(
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/locks/large`,
      method: 'GET',
      headers: {},
      body: null,
      signal: new AbortController().signal,
    },
    25_000,
  );
  expect(answer.status).toBe(200);
  expect(answer.content.length).toBeGreaterThan(25_000);
  expect(answer.content.length).toBeLessThan(large.length / 4);
});
