import { isUtf8 } from 'node:buffer';
import { LockDocumentError, parseLockDocument } from '../../domain/lock-document.ts';
import type { LockRecord } from '../../domain/lock-record.ts';

/** The largest content that can be a lock. Whatever else may stand under a lock's name is not loaded into memory. */
export const largestLockBytes = 256 * 1024;

/**
 * Reads a lock's content to its end.
 *
 * @throws LockDocumentError if it is not a lock record; the stream's own error if it breaks off.
 */
export async function readLock(content: NodeJS.ReadableStream | undefined): Promise<LockRecord> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const part of content ?? []) {
    const chunk = Buffer.from(part);
    length += chunk.length;
    if (length > largestLockBytes) throw new LockDocumentError(`it has more than ${largestLockBytes} bytes`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  // Read leniently, damaged bytes would pass for other characters, and be written back as such.
  if (!isUtf8(bytes)) throw new LockDocumentError('it is not UTF-8');
  return parseLockDocument(bytes.toString());
}
