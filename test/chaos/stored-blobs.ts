import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { workContainers } from '../../src/entrypoints/composition/work-containers.ts';
import type { EffectLine, StoredAtLast } from './evidence.ts';
import { nameIn, unquoted } from './store-history.ts';

/** What the store itself shows of every message, asked directly and not by way of the proxy. */
export async function storedBlobs(
  storage: BlobServiceClient,
  lockContainer: string,
): Promise<ReadonlyMap<string, StoredAtLast>> {
  const stored = new Map<string, { lockVersion: string | undefined; effects: readonly EffectLine[] }>();
  const at = (id: string) => {
    const known = stored.get(id) ?? { lockVersion: undefined, effects: [] };
    stored.set(id, known);
    return known;
  };
  await ofEach(storage.getContainerClient(lockContainer), async (id, { etag }) => {
    if (/[/](?:sweep|layout)\.json$/.test(id)) return; // of the scope, and not of a message
    at(id).lockVersion = unquoted(etag);
  });
  await ofEach(storage.getContainerClient(workContainers.effects), async (id, { text }) => {
    const lines = (await text()).split('\n').slice(0, -1);
    at(id).effects = lines.map((line) => {
      const { at: _, ...rest } = JSON.parse(line);
      return rest;
    });
  });
  return stored;
}

interface FoundBlob {
  readonly etag: string;
  readonly text: () => Promise<string>;
}

/** Several at once, and never more than a page in memory. */
async function ofEach(container: ContainerClient, look: (id: string, blob: FoundBlob) => Promise<void>): Promise<void> {
  for await (const page of container.listBlobsFlat().byPage({ maxPageSize: 32 })) {
    await Promise.all(
      page.segment.blobItems.map(({ name, properties }) => {
        const text = async () => (await container.getBlobClient(name).downloadToBuffer()).toString();
        return look(nameIn(`/account/container/${name}`) ?? name, { etag: properties.etag, text });
      }),
    );
  }
}
