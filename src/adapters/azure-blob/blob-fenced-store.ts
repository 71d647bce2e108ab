import { randomUUID } from 'node:crypto';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import type { Fence, FencedContent, FencedStore } from '../../application/ports/fenced-store.ts';
import type { LockVersion, WriteCondition } from '../../application/ports/lock-store.ts';
import { type DurationMs, durationMs } from '../../domain/time.ts';
import { blobName } from './blob-name.ts';
import { conditionalWrite, conditionHeaders, revisionOf } from './conditional-write.ts';
import { type EffectMark, effectMark, effectMarkIn, takesPrecedence } from './effect-mark.ts';
import { retriedWithin } from './retried-within.ts';
import { storageErrorText } from './storage-error-text.ts';
import { storageFailure } from './storage-errors.ts';

/** Content of many megabytes is on its way for longer than a small request is answered in. */
const slowestBytesPerMs = 1000;

export interface BlobFencedStoreOptions {
  /** How long one request takes at most, not counting its content's way. A put begins no further try after three times that. */
  readonly requestTimeoutMs: DurationMs;
}

/**
 * One block blob per effect, token and owner in its metadata. The first effect is one request, a create that finds nothing;
 * a later one replaces exactly the revision that it has judged.
 *
 * Needs a client of `blobServiceFromConnectionString` and a container that exists and holds nothing else.
 */
export class BlobFencedStore implements FencedStore {
  readonly #container: ContainerClient;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: ContainerClient, { requestTimeoutMs }: BlobFencedStoreOptions) {
    this.#container = container;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async put(name: string, content: FencedContent, fence: Fence): Promise<'stored' | 'refused'> {
    const blob = this.#container.getBlockBlobClient(blobName(name));
    const mark = effectMark(fence, randomUUID());
    let condition: WriteCondition = 'absent';
    try {
      return await retriedWithin(durationMs(3 * this.#requestTimeoutMs), async () => {
        const result = await this.#write(blob, content, mark, condition);
        if (result.kind === 'written') return 'stored';

        // A conflict can be this very write, its answer lost, as well as another's. The stored mark tells.
        const stored = await this.#stored(blob);
        if (stored?.mark.writeid === mark.writeid) return 'stored';
        if (stored !== undefined && !takesPrecedence(mark, stored.mark)) return 'refused';
        condition = stored ?? 'absent';
        return undefined;
      });
    } catch (cause) {
      const what = `Could not store the blob "${name}" in the container "${this.#container.containerName}"`;
      throw new Error(`${what}: ${storageErrorText(cause)}`, { cause });
    }
  }

  #write(blob: BlockBlobClient, { bytes, contentType }: FencedContent, mark: EffectMark, condition: WriteCondition) {
    const timeoutMs = Math.ceil(this.#requestTimeoutMs + bytes.length / slowestBytesPerMs);
    return conditionalWrite(condition, async () => {
      const answer = await blob.upload(bytes, bytes.length, {
        conditions: conditionHeaders(condition),
        metadata: { ...mark },
        blobHTTPHeaders: { blobContentType: contentType },
        abortSignal: AbortSignal.timeout(timeoutMs),
      });
      return revisionOf(answer);
    });
  }

  async #stored(blob: BlockBlobClient): Promise<{ version: LockVersion; mark: EffectMark } | undefined> {
    try {
      const answer = await blob.getProperties({ abortSignal: AbortSignal.timeout(this.#requestTimeoutMs) });
      const mark = effectMarkIn(answer.metadata);
      if (mark === undefined) {
        throw new Error('a blob with this name exists but has no fencing token. Inspect it, then move it elsewhere.');
      }
      return { version: revisionOf(answer).version, mark };
    } catch (error) {
      if (storageFailure(error) === 'missing') return undefined;
      throw error;
    }
  }
}
