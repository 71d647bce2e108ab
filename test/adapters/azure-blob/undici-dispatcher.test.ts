import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { isLoopback } from '../../../src/adapters/azure-blob/is-loopback.ts';
import { Dispatchers } from '../../../src/adapters/azure-blob/undici-dispatcher.ts';
import { freePort } from '../../support/ports.ts';

afterEach(() => void vi.unstubAllEnvs());

async function server(): Promise<string> {
  const http = createServer((_request, response) => void response.end('direct'));
  onTestFinished(() => void http.close());
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

describe('A request to this machine', () => {
  it.each([
    ['a proxy that nobody listens on', async () => `http://127.0.0.1:${await freePort()}`],
    ['a proxy that is not one', async () => 'proxy.example:3128'],
  ])('does not go through %s', async (_what, proxy) => {
    vi.stubEnv('HTTP_PROXY', await proxy());
    vi.stubEnv('NO_PROXY', 'localhost');
    const origin = await server();
    const { dispatcher } = new Dispatchers().to(origin);
    const { body } = await dispatcher.request({ origin, path: '/', method: 'GET' });
    expect(await body.text()).toBe('direct');
  });

  it.each(['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1', '[::ffff:7f00:1]'])(
    'is one to %s',
    (host) => expect(isLoopback(host)).toBe(true),
  );

  it.each([
    'localhost.example',
    'a127.0.0.1',
    '128.0.0.1',
    '[::2]',
    'orders.blob.core.windows.net',
    '127.0.0.1.example',
  ])('is not one to %s', (host) => expect(isLoopback(host)).toBe(false));
});

describe('A request to elsewhere', () => {
  it('that fails names the setting that led it through a proxy, and not its value', async () => {
    vi.stubEnv('HTTP_PROXY', `http://someone:canary@127.0.0.1:${await freePort()}`);
    const service = blobServiceFromConnectionString(
      'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://behind-a-proxy.example/a',
    );
    const failure: unknown = await service.getProperties().catch((error: unknown) => error);
    expect(String(failure)).toMatch(/by way of the proxy that HTTP_PROXY names/);
    expect(String(failure)).not.toContain('canary');
  });
});
