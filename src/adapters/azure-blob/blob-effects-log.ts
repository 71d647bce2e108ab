import type { AppendBlobClient, ContainerClient } from '@azure/storage-blob';
import type { EffectsLog } from '../../application/ports/effects-log.ts';
import { type DurationMs, durationMs } from '../../domain/time.ts';
import { clientOf, type LazyContainer } from './blob-container.ts';
import { blobName } from './blob-name.ts';
import { readContent } from './read-content.ts';
import { retriedWithin } from './retried-within.ts';
import { storageErrorText } from './storage-error-text.ts';
import { errorCode, storageFailure } from './storage-errors.ts';

export interface BlobEffectsLogOptions {
  /** How long one request takes at most. An append begins no further try after three times that. */
  readonly requestTimeoutMs: DurationMs;
}

/**
 * One append blob per log. Each append names the position it is for: sent twice, or late, it is applied once or never.
 * After a lost answer the content at that position tells which; so if two callers append the very same line at once, and
 * one's answer is lost, the two can become one.
 *
 * Needs a client of `blobServiceFromConnectionString` and a container that exists. A log takes up to 50,000 lines.
 *
 * Source: Microsoft, "Append Block", header `x-ms-blob-condition-appendpos`.
 */
export class BlobEffectsLog implements EffectsLog {
  readonly #container: ContainerClient | LazyContainer;
  readonly #requestTimeoutMs: DurationMs;

  constructor(container: ContainerClient | LazyContainer, { requestTimeoutMs }: BlobEffectsLogOptions) {
    this.#container = container;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async append(name: string, line: string): Promise<void> {
    const blob = (await clientOf(this.#container)).getAppendBlobClient(blobName(name));
    const block = Buffer.from(`${line}\n`);
    let position: number | undefined;
    let mayBeThere = false;
    try {
      await retriedWithin(durationMs(3 * this.#requestTimeoutMs), async () => {
        position ??= await this.#end(blob);
        const outcome = await this.#appendAt(blob, position, block);
        if (outcome === 'appended') return true;
        mayBeThere ||= outcome === 'unclear';
        if (mayBeThere) {
          const there = await this.#contentAt(blob, position, block.length);
          if (there.equals(block)) return true;
          // Nothing there yet, but it may come: no other position until this one is taken.
          if (there.length === 0 && outcome !== 'missing') return undefined;
        }
        // The log has grown by another's line, or is gone: ours cannot come to this position any more.
        position = undefined;
        mayBeThere = false;
        return undefined;
      });
    } catch (cause) {
      const what = `Could not append to the blob "${name}" in the container "${this.#container.containerName}"`;
      throw new Error(`${what}: ${storageErrorText(cause)}`, { cause });
    }
  }

  /** Where the log ends. A log that is missing is created. */
  async #end(blob: AppendBlobClient): Promise<number> {
    try {
      const { contentLength } = await blob.getProperties(this.#timeout());
      return contentLength ?? 0;
    } catch (error) {
      if (storageFailure(error) !== 'missing') throw error;
    }
    const blobHTTPHeaders = { blobContentType: 'text/plain; charset=utf-8' };
    // If another creates it first, it can have lines already: the position 0 then conflicts, and is looked up again.
    await blob.createIfNotExists({ blobHTTPHeaders, ...this.#timeout() });
    return 0;
  }

  async #appendAt(
    blob: AppendBlobClient,
    appendPosition: number,
    block: Buffer,
  ): Promise<'appended' | 'conflict' | 'missing' | 'unclear'> {
    try {
      await blob.appendBlock(block, block.length, { conditions: { appendPosition }, ...this.#timeout() });
      return 'appended';
    } catch (error) {
      const failure = storageFailure(error);
      if (failure === 'refused') throw error;
      return failure;
    }
  }

  /** Up to `length` bytes from `position`; none if the log ends there, or is gone. */
  async #contentAt(blob: AppendBlobClient, position: number, length: number): Promise<Buffer> {
    try {
      const answer = await blob.download(position, length, { ...this.#timeout(), maxRetryRequests: 0 });
      return await readContent(answer.readableStreamBody, length);
    } catch (error) {
      if (errorCode(error) === 'InvalidRange' || storageFailure(error) === 'missing') return Buffer.alloc(0);
      throw error;
    }
  }

  #timeout = () => ({ abortSignal: AbortSignal.timeout(this.#requestTimeoutMs) });
}
