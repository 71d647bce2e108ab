import type { MessageStatus } from '../../application/get-message-status.ts';
import { escapeId } from '../../domain/escaped-id.ts';
import type { MessageId } from '../../domain/message-id.ts';

export const messagesPath = '/api/messages';

/** Where the status of a message is found: the ID in its escaped form, which no URL reading changes. */
export const statusPath = (id: MessageId): string => `${messagesPath}/${escapeId(id)}`;

/** A message's status as its JSON resource. Times are the store's, RFC 3339. */
export function statusResource(status: MessageStatus): Readonly<Record<string, unknown>> {
  const { messageId, attempt, updatedAt, steps } = status;
  return {
    messageId,
    status: status.status,
    attempt,
    updatedAt: new Date(updatedAt).toISOString(),
    ...(steps.length > 0 && { steps }),
    ...details(status),
    links: { self: statusPath(messageId) },
  };
}

function details(status: MessageStatus): Readonly<Record<string, unknown>> {
  switch (status.status) {
    case 'processing':
      return { host: status.host };
    case 'completed':
      return status.result === null ? {} : { result: JSON.parse(status.result) };
    case 'retrying':
    case 'failed':
      return { lastError: status.lastError };
  }
}
