import type { ContainerClient } from '@azure/storage-blob';
import { escapeId, unescapeText } from '../../domain/escaped-id.ts';
import { clientOf, type LazyContainer } from './blob-container.ts';

/** More are not looked at: it is a warning, and no promise rests on it. */
const mostPages = 10;

/**
 * The folders of locks that are `scope` in other letters. An earlier version named the folder after the queue as it was
 * spelt, so that one queue could have several.
 *
 * @throws RestError if the container cannot be listed.
 */
export async function otherSpellings(
  container: ContainerClient | LazyContainer,
  scope: string,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const own = escapeId(scope);
  const found: string[] = [];
  let pages = 0;
  const folders = (await clientOf(container)).listBlobsByHierarchy('/', { abortSignal });
  for await (const { segment } of folders.byPage({ maxPageSize: 5000 })) {
    for (const { name } of segment.blobPrefixes ?? []) {
      const folder = name.slice(0, -1);
      const isOther = folder !== own && folder.toLowerCase() === own.toLowerCase();
      if (isOther) found.push(unescapeText(folder) ?? folder);
    }
    pages += 1;
    if (pages === mostPages) break;
  }
  return found;
}
