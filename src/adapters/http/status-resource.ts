import type { MessageStatus } from '../../application/get-message-status.ts';
import { escapeId } from '../../domain/escaped-id.ts';
import type { MessageId } from '../../domain/message-id.ts';
import type { StoreTime } from '../../domain/time.ts';

export const messagesPath = '/api/messages';

/** Where the status of a message is found: the ID in its escaped form, which no URL reading changes. */
export const statusPath = (id: MessageId): string => `${messagesPath}/${escapeId(id)}`;

/** A message's status as its JSON resource. Times are the store's, RFC 3339; `enqueuedAt` is the broker's. */
export function statusResource(status: MessageStatus): Readonly<Record<string, unknown>> {
  const { messageId, attempt, enqueuedAt, updatedAt, steps } = status;
  return {
    messageId,
    status: status.status,
    attempt,
    ...(enqueuedAt !== '' && { enqueuedAt }),
    updatedAt: timeText(updatedAt),
    ...(steps.length > 0 && { steps }),
    ...details(status),
    links: { self: statusPath(messageId) },
  };
}

function details(status: MessageStatus): Readonly<Record<string, unknown>> {
  switch (status.status) {
    case 'processing':
      return { host: status.host };
    case 'retrying':
      return { lastError: status.lastError, retryAt: timeText(status.retryAt) };
    case 'completed': {
      const completedAt = timeText(status.updatedAt);
      return status.result === null ? { completedAt } : { completedAt, result: JSON.parse(status.result) };
    }
    case 'failed':
      return { failedAt: timeText(status.updatedAt), lastError: status.lastError };
  }
}

const timeText = (time: StoreTime): string => new Date(time).toISOString();
