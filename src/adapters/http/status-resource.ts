import type { MessageStatus } from '../../application/get-message-status.ts';
import { rfc3339 } from '../../domain/utc-text.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import { statusPath } from './status-path.ts';

/** A message's status as its JSON resource. Times are the store's, RFC 3339; `enqueuedAt` is the broker's. */
export function statusResource(status: MessageStatus): Readonly<Record<string, unknown>> {
  const { messageId, source, attempt, enqueuedAt, updatedAt, steps } = status;
  return {
    ...identityMembers({ id: messageId, source }),
    status: status.status,
    attempt,
    ...(enqueuedAt !== '' && { enqueuedAt }),
    updatedAt: rfc3339(updatedAt),
    ...(steps.length > 0 && { steps }),
    ...details(status),
    links: { self: statusPath({ id: messageId, source }) },
  };
}

/** Whose status, or problem, it is. */
export const identityMembers = ({ id, source }: MessageIdentity): Readonly<Record<string, string>> => ({
  messageId: id,
  ...(source !== undefined && { source }),
});

function details(status: MessageStatus): Readonly<Record<string, unknown>> {
  switch (status.status) {
    case 'processing':
      return { host: status.host };
    case 'retrying':
      return { lastError: status.lastError, retryAt: rfc3339(status.retryAt) };
    case 'completed': {
      const completedAt = rfc3339(status.updatedAt);
      return status.result === null ? { completedAt } : { completedAt, result: JSON.parse(status.result) };
    }
    case 'failed':
      return { failedAt: rfc3339(status.updatedAt), lastError: status.lastError };
  }
}
