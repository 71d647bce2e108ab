import { isUtf8 } from 'node:buffer';
import { LockDocumentError, parseLockDocument } from '../../domain/lock-document.ts';
import type { LockRecord } from '../../domain/lock-record.ts';

/** The largest content of a lock. A larger blob under its name is not loaded into memory. */
export const largestLockBytes: number = 256 * 1024;

/** @throws LockDocumentError if `content` is not a lock record. */
export function parseLockContent(content: Buffer): LockRecord {
  if (content.length > largestLockBytes) throw new LockDocumentError(`it has more than ${largestLockBytes} bytes`);
  // Read leniently, damaged bytes would pass for other characters, and be written back as such.
  if (!isUtf8(content)) throw new LockDocumentError('it is not UTF-8');
  return parseLockDocument(content.toString());
}
