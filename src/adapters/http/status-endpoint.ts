import type { AwaitStatusChange } from '../../application/await-status-change.ts';
import { type GetMessageStatus, hasEnded, type MessageStatus } from '../../application/get-message-status.ts';
import type { DurationMs } from '../../domain/time.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import type { ApiResponse } from './api-response.ts';
import type { Endpoint } from './endpoint.ts';
import { entityTag, isNamedIn } from './etag.ts';
import { jsonResponse } from './json-response.ts';
import { preferredWait } from './prefer-wait.ts';
import { problem } from './problem.ts';
import { identityIn } from './status-path.ts';
import { statusResource } from './status-resource.ts';

export interface StatusEndpointOptions {
  readonly getMessageStatus: Pick<GetMessageStatus, 'run'>;
  readonly awaitStatusChange: Pick<AwaitStatusChange, 'run'>;
  /** Aborted when the host stops: no answer is held back any longer. */
  readonly shutdown: AbortSignal;
}

/** Tells how far a message is; with a preference to wait, as soon as something has changed. */
export function statusEndpoint({ getMessageStatus, awaitStatusChange, shutdown }: StatusEndpointOptions): Endpoint {
  let waiting = 0;

  const waited = async (
    message: MessageIdentity,
    known: MessageStatus | undefined,
    waitMs: DurationMs,
    signal: AbortSignal,
  ) => {
    waiting += 1;
    try {
      return await awaitStatusChange.run(message, known, { waitMs, over: AbortSignal.any([signal, shutdown]) });
    } finally {
      waiting -= 1;
    }
  };

  return async (request) => {
    const { headers, signal } = request;
    const message = identityIn(request);
    if (message === 'unclear') return unknownMessage({});
    if ('problem' in message) {
      return problem('invalid-message-id', `${message.problem} Check the link: no later time brings it.`);
    }
    const ifNoneMatch = headers.get('if-none-match');
    const found = await getMessageStatus.run(message);
    const waitMs = preferredWait(headers.get('prefer'));
    if (waitMs === undefined || waiting >= mostWaiting || isNews(found, ifNoneMatch)) {
      return statusResponse(found, ifNoneMatch, {});
    }
    const applied = { 'preference-applied': `wait=${waitMs / 1000}` };
    return statusResponse(await waited(message, found, waitMs, signal), ifNoneMatch, applied);
  };
}

/** A preference need not be honoured. Beyond so many at once it is not, so that waiting clients keep nobody else out. */
const mostWaiting = 100;

/** Whether a client that told what it has seen last has not seen this yet. */
const isNews = (found: MessageStatus | undefined, ifNoneMatch: string | null): boolean =>
  found !== undefined && ifNoneMatch !== null && !isNamedIn(ifNoneMatch, entityTag(found.version));

function statusResponse(
  status: MessageStatus | undefined,
  ifNoneMatch: string | null,
  applied: Readonly<Record<string, string>>,
): ApiResponse {
  if (status === undefined) return unknownMessage(applied);
  const etag = entityTag(status.version);
  // Not kept by shared caches; and by others only to ask whether it is still true.
  const headers = { etag, 'cache-control': 'private, no-cache', ...retryAfter(status), ...applied };
  if (isNamedIn(ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
  return jsonResponse(200, statusResource(status), headers);
}

const unknownMessage = (applied: Readonly<Record<string, string>>): ApiResponse =>
  problem('unknown-message', 'It is not taken up yet, its lock was deleted, or it was never submitted.', {
    headers: { 'retry-after': '1', ...applied },
  });

/** When to ask again, in seconds: not at all once the work has ended. */
function retryAfter(status: MessageStatus): Readonly<Record<string, string>> {
  if (hasEnded(status)) return {};
  const waitMs = status.status === 'retrying' ? status.retryAt - status.observedAt : 0;
  return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) };
}
