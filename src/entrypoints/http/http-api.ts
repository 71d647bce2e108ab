import type { GetMessageStatus } from '../../application/get-message-status.ts';
import { LockStoreError } from '../../application/ports/lock-store.ts';
import type { SubmitMessage } from '../../application/submit-message.ts';
import { unescapeId } from '../../domain/escaped-id.ts';
import { isMessageId, type MessageId, parseMessageId } from '../../domain/message-id.ts';
import { jsonResponse } from './json-response.ts';
import { problem } from './problem.ts';
import { messagesPath, statusPath, statusResource } from './status-resource.ts';
import { submissionFrom } from './submission.ts';

export interface HttpApiOptions {
  readonly submitMessage: SubmitMessage;
  readonly getMessageStatus: GetMessageStatus;
  /** The largest body that is read, in bytes: what the queue takes at most. */
  readonly mostBodyBytes: number;
  /** Is told of what a client is told only as "something went wrong", or as "send it again". */
  readonly onError: (error: unknown, request: Request) => void;
}

/** Answers one request. It never rejects. */
export type HttpApi = (request: Request) => Promise<Response>;

/** The HTTP rules, once for all hosts, on web-standard Request and Response. */
export function createHttpApi(options: HttpApiOptions): HttpApi {
  return async (request) => {
    try {
      return await route(options, request);
    } catch (error) {
      options.onError(error, request);
      return failure(error);
    }
  };
}

function route(options: HttpApiOptions, request: Request): Promise<Response> | Response {
  const { pathname } = new URL(request.url);
  if (pathname === messagesPath) {
    return request.method === 'POST' ? submit(options, request) : notAllowed('POST');
  }
  if (pathname.startsWith(`${messagesPath}/`)) {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    return isRead ? status(options, pathname.slice(messagesPath.length + 1)) : notAllowed('GET, HEAD');
  }
  return problem('not-found', `There is ${messagesPath}, to which messages are posted.`);
}

function failure(error: unknown): Response {
  if (error instanceof LockStoreError && error.isTransient) {
    return problem('unavailable', 'The store of the locks does not answer. Ask again.', retryAfter5s);
  }
  return problem('internal-error', 'The request was not carried out. It can be sent again.');
}

const retryAfter5s = { headers: { 'retry-after': '5' } };

const notAllowed = (allow: string): Response =>
  problem('method-not-allowed', `Allowed here: ${allow}.`, { headers: { allow } });

async function submit({ submitMessage, mostBodyBytes, onError }: HttpApiOptions, request: Request): Promise<Response> {
  const submission = await submissionFrom(request, mostBodyBytes);
  if (submission instanceof Response) return submission;
  const { messageId, ...outcome } = await submitMessage.run(submission);
  const location = statusPath(messageId);
  switch (outcome.kind) {
    case 'published':
      return jsonResponse(
        202,
        { messageId, status: 'accepted', links: { status: location } },
        { location, 'retry-after': '1' },
      );
    case 'too-large':
      return problem('content-too-large', 'The queue takes no message of this size.');
    case 'unknown':
      onError(outcome.cause, request);
      return problem('unavailable', 'The queue did not confirm the message. Send it again with this Idempotency-Key.', {
        ...retryAfter5s,
        members: { messageId },
      });
  }
}

async function status({ getMessageStatus }: HttpApiOptions, segment: string): Promise<Response> {
  const id = idFromSegment(segment);
  const found = id && (await getMessageStatus.run(id));
  if (found) return jsonResponse(200, statusResource(found));
  return problem('unknown-message', 'It is not taken up yet, its lock was deleted, or it was never submitted.', {
    headers: { 'retry-after': '1' },
  });
}

/** The escaped form is what links carry. An ID that somebody wrote into a URL by hand is understood too. */
function idFromSegment(segment: string): MessageId | undefined {
  const escaped = unescapeId(segment);
  if (escaped !== undefined) return escaped;
  try {
    const id = parseMessageId(decodeURIComponent(segment));
    return isMessageId(id) ? id : undefined;
  } catch {
    return undefined; // not percent-encoded UTF-8
  }
}
