import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BlobLockCatalog } from '../../../src/adapters/azure-blob/blob-lock-catalog.ts';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import type { LockName } from '../../../src/domain/lock-name.ts';
import { seconds } from '../../../src/domain/time.ts';
import { newContainer } from '../../support/blob-containers.ts';

/** A service that gives every request the same answer, and its container by a shared access signature. */
async function serviceThatAnswers(status: number, content: string, headers: Record<string, string> = {}) {
  const asked: URL[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(new URL(url, 'http://service'));
    response.writeHead(status, { date: new Date().toUTCString(), ...headers }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
  const connection = `BlobEndpoint=${endpoint};SharedAccessSignature=sv=2026-02-06&sig=a%2Fb`;
  return { asked, container: blobServiceFromConnectionString(connection).getContainerClient('locks') };
}

const catalogOf = (container: ConstructorParameters<typeof BlobLockCatalog>[0]) =>
  new BlobLockCatalog(container, { requestTimeoutMs: seconds(10) });

async function listed(catalog: BlobLockCatalog, after?: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { locks } of catalog.pages('queue', { after: after as LockName }))
    names.push(...locks.map(({ name }) => name));
  return names;
}

const blob = (name: string) =>
  `<Blob><Name>${name}</Name><Properties><Last-Modified>Sun, 22 Nov 2026 00:00:00 GMT</Last-Modified><Etag>0x1</Etag></Properties><Metadata><messageid>m</messageid><state>held</state></Metadata></Blob>`;
const list = (...names: string[]) =>
  `<EnumerationResults><Blobs>${names.map(blob).join('')}</Blobs></EnumerationResults>`;

describe('A listing of locks', () => {
  it('asks with the shared access signature of the connection, for what it wants alone', async () => {
    const { asked, container } = await serviceThatAnswers(200, list('queue/lock-b.lock'));
    expect(await listed(catalogOf(container), 'queue/lock-a.lock')).toEqual(['queue/lock-b.lock']);
    expect(asked).toHaveLength(1);
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({
      sv: '2026-02-06',
      sig: 'a/b',
      restype: 'container',
      comp: 'list',
      include: 'metadata',
      prefix: 'queue/',
      maxresults: '5000',
      startFrom: 'queue/lock-a.lock',
    });
  });

  it.each([
    ['header', { 'x-ms-error-code': 'AuthorizationFailure' }, ''],
    ['content', {}, '<?xml version="1.0"?><Error><Code>AuthorizationFailure</Code><Message>No.</Message></Error>'],
  ] as const)('that is refused says why, from the %s of the answer', async (_, headers, content) => {
    const { container } = await serviceThatAnswers(403, content, headers);
    await expect(listed(catalogOf(container))).rejects.toMatchObject({
      name: 'LockStoreError',
      isTransient: true, // a role can be on its way
      message: expect.stringContaining('the answer was 403 AuthorizationFailure'),
    });
  });

  it('in a container that is missing says so', async () => {
    const container = await newContainer();
    await container.delete();
    await expect(listed(catalogOf(container))).rejects.toMatchObject({
      isTransient: false,
      message: expect.stringContaining('404 ContainerNotFound. Create the container'),
    });
  });

  it.each(['', 'not XML', list('queue/lock-a.lock').slice(0, -5)])(
    'that is not whole is an error that may pass: %j',
    async (content) => {
      const { container } = await serviceThatAnswers(200, content);
      await expect(listed(catalogOf(container))).rejects.toMatchObject({ name: 'LockStoreError', isTransient: true });
    },
  );
});
