import type { SubmitMessage } from '../../application/submit-message.ts';
import type { MessageId } from '../../domain/message-id.ts';
import type { ApiRequest } from './api-request.ts';
import type { Endpoint } from './endpoint.ts';
import { jsonResponse } from './json-response.ts';
import { type ProblemKind, type ProblemOptions, problem } from './problem.ts';
import { statusPath } from './status-resource.ts';
import { isRefusal, type SubmissionRules, submissionFrom } from './submission.ts';

/** What one submission was and what became of it, for a log: nothing of its content. */
export interface SubmissionFacts {
  readonly outcome: 'accepted' | ProblemKind;
  readonly messageId?: MessageId;
  /** The size of the body. */
  readonly bytes?: number;
  readonly contentType?: string;
  readonly traceparent?: string;
}

export interface SubmitEndpointOptions extends SubmissionRules {
  readonly submitMessage: Pick<SubmitMessage, 'run'>;
  readonly onError: (error: unknown, request: ApiRequest) => void;
  readonly onSubmission: (facts: SubmissionFacts) => void;
}

/** Puts a request's body on the queue. */
export const submitEndpoint =
  (options: SubmitEndpointOptions): Endpoint =>
  async (request) => {
    const { response, ...facts } = await submit(options, request);
    options.onSubmission(facts);
    return response;
  };

type Answer = SubmissionFacts & { readonly response: Response };

async function submit(
  { submitMessage, onError, ...rules }: SubmitEndpointOptions,
  request: ApiRequest,
): Promise<Answer> {
  const read = await submissionFrom(request, rules);
  if (isRefusal(read)) return refused(...read.refused);
  const { submission, bytes } = read;
  const { contentType, traceparent } = submission;
  const { messageId, ...outcome } = await submitMessage.run(submission);
  const facts = {
    messageId,
    bytes,
    ...(contentType !== undefined && { contentType }),
    ...(traceparent !== undefined && { traceparent }),
  };
  switch (outcome.kind) {
    case 'published':
      return { ...facts, outcome: 'accepted', response: accepted(messageId) };
    case 'too-large': {
      const detail = `The queue takes messages of at most ${rules.mostBodyBytes} bytes, envelope and headers included.`;
      return { ...facts, ...refused('content-too-large', detail) };
    }
    case 'mismatch': {
      const members = { messageId, links: { status: statusPath(messageId) } };
      const detail = 'A message with this Idempotency-Key is known, and it has other content. Nothing was submitted.';
      return { ...facts, ...refused('content-mismatch', detail, { members }) };
    }
    case 'unknown': {
      onError(outcome.cause, request);
      const detail =
        'The queue did not confirm the message. Send it again with this message ID as its Idempotency-Key.';
      const options = { headers: { 'retry-after': '5' }, members: { messageId } };
      return { ...facts, ...refused('unavailable', detail, options) };
    }
  }
}

const refused = (outcome: ProblemKind, detail: string, options?: ProblemOptions) => ({
  outcome,
  response: problem(outcome, detail, options),
});

function accepted(messageId: MessageId): Response {
  const location = statusPath(messageId);
  const body = { messageId, status: 'accepted', links: { status: location } };
  return jsonResponse(202, body, { location, 'retry-after': '1' });
}
