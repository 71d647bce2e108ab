import { lockMetadata } from '../../src/adapters/azure-blob/lock-metadata.ts';
import { lockDocument } from '../../src/domain/lock-document.ts';
import { completed, created, type LockContent } from '../../src/domain/lock-record.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import { durationMs } from '../../src/domain/time.ts';
import { deliveryOf } from './product.ts';

/** What one write of the product carries: whoever is compared with it carries as much. */
export interface LockWrite {
  readonly content: Buffer;
  readonly metadata: Record<string, string>;
}

const owner = ownerId('0123456789abcdef0123456789abcdef');

function write(content: LockContent, seq: number): LockWrite {
  const record = { ...content, writeId: writeId(owner, seq) };
  return { content: Buffer.from(lockDocument(record)), metadata: lockMetadata(record, Date.now()) };
}

const { message, fingerprint, physical } = deliveryOf(crypto.randomUUID(), 1);
const held = created(
  { messageId: message.id, fingerprint, physical },
  { owner, host: 'bench/1', ttlMs: durationMs(30_000) },
);

/** The write that acquires a new lock, and the one that completes it. */
export const sampleCreate: LockWrite = write(held, 1);
export const sampleComplete: LockWrite = write(completed(held, null), 2);

export const lockBlobName = (id: string): string => `queue/lock-${id}.lock`;
