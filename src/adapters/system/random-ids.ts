import { randomUUID } from 'node:crypto';
import type { Ids } from '../../application/ports/ids.ts';
import type { MessageId } from '../../domain/message-id.ts';
import { type OwnerId, ownerId } from '../../domain/owner.ts';

/** Names made of 122 random bits. */
export class RandomIds implements Ids {
  /** A letter first: a host that reads every text as JSON would take some UUIDs for numbers, and two of them for one. */
  newMessageId(): MessageId {
    return `m${undashed(randomUUID())}` as MessageId;
  }

  newOwnerId(): OwnerId {
    return ownerId(undashed(randomUUID()));
  }
}

const undashed = (uuid: string): string => uuid.replaceAll('-', '');
