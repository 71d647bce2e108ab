import { fingerprint } from '../../src/domain/fingerprint.ts';
import type { Claim, LockContent, LockRecord, Ownership } from '../../src/domain/lock-record.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { ownerId, writeId } from '../../src/domain/owner.ts';
import { seconds } from '../../src/domain/time.ts';

/** The claim of a message, and the execution that makes it first. */
export const claim: Claim = {
  messageId: 'order-1' as MessageId,
  fingerprint: fingerprint('jcs1:aa'),
  physical: { sequenceNumber: '1', enqueuedTime: '2024-02-19T00:24:11.314Z' },
};
export const first: Ownership = { owner: ownerId('owner-a'), host: 'host-1', ttlMs: seconds(30) };

/** What an owner writes first, as its first write. */
export const asFirstWrite = (content: LockContent): LockRecord => ({ ...content, writeId: writeId(content.owner, 1) });
