import type { MessageId } from '../../domain/message-id.ts';
import type { OwnerId } from '../../domain/owner.ts';

/** Names that nobody has used before. */
export interface Ids {
  /** Never valid JSON, so that no host between can take it for a number. */
  newMessageId(): MessageId;
  newOwnerId(): OwnerId;
}
