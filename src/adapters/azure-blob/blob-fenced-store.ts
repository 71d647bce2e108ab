import { randomUUID } from 'node:crypto';
import type { Fence, FencedContent, FencedStore } from '../../application/ports/fenced-store.ts';
import type { LockVersion, WriteCondition } from '../../application/ports/lock-store.ts';
import { type DurationMs, durationMs } from '../../domain/time.ts';
import type { BlobContainer } from './blob-container.ts';
import { blobName } from './blob-name.ts';
import { conditionalWrite, revisionIn } from './conditional-write.ts';
import { DirectRequests } from './direct-requests.ts';
import { type EffectMark, effectMark, effectMarkIn, takesPrecedence } from './effect-mark.ts';
import { putBlob } from './put-blob.ts';
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
  readonly #requests: DirectRequests;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: BlobContainer, { requestTimeoutMs }: BlobFencedStoreOptions) {
    this.#requests = new DirectRequests(container);
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async put(name: string, content: FencedContent, fence: Fence): Promise<'stored' | 'refused'> {
    const blob = blobName(name);
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
      const what = `Could not store the blob "${name}" in the container "${this.#requests.containerName}"`;
      throw new Error(`${what}: ${storageErrorText(cause)}`, { cause });
    }
  }

  #write(blob: string, { bytes, contentType }: FencedContent, mark: EffectMark, condition: WriteCondition) {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const timeoutMs = Math.ceil(this.#requestTimeoutMs + bytes.length / slowestBytesPerMs);
    return conditionalWrite(condition, () => {
      const signal = AbortSignal.timeout(timeoutMs);
      return putBlob(this.#requests, { blob, content, contentType, metadata: { ...mark }, condition, signal });
    });
  }

  async #stored(blob: string): Promise<{ version: LockVersion; mark: EffectMark } | undefined> {
    try {
      const signal = AbortSignal.timeout(this.#requestTimeoutMs);
      const answer = await this.#requests.send({ method: 'HEAD', expected: 200, blob, signal });
      const mark = effectMarkIn((name) => answer.headers.get(`x-ms-meta-${name}`));
      if (mark === undefined) {
        throw new Error('a blob with this name exists but has no fencing token. Inspect it, then move it elsewhere.');
      }
      return { version: revisionIn(answer).version, mark };
    } catch (error) {
      if (storageFailure(error) === 'missing') return undefined;
      throw error;
    }
  }
}
