import { noTracing, type Span, type Tracing } from '../../application/ports/telemetry/tracing.ts';
import type { SubmitMessage } from '../../application/submit-message.ts';
import type { MessageId } from '../../domain/message-id.ts';
import { type TraceContext, traceContext } from '../../domain/trace-context.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import type { ApiRequest } from './api-request.ts';
import type { ApiResponse } from './api-response.ts';
import type { Endpoint } from './endpoint.ts';
import { jsonResponse } from './json-response.ts';
import { type ProblemKind, type ProblemOptions, problem } from './problem.ts';
import { messagesPath, statusPath } from './status-path.ts';
import { identityMembers } from './status-resource.ts';
import { isRefusal, type SubmissionRules, submissionFrom } from './submission.ts';

/** What one submission was and what became of it, for a log: nothing of its content. */
export interface SubmissionFacts {
  readonly outcome: 'accepted' | ProblemKind;
  readonly messageId?: MessageId;
  /** The source of another producer's event. */
  readonly source?: string | undefined;
  /** The size of the body. */
  readonly bytes?: number;
  readonly contentType?: string;
  readonly traceparent?: string;
  /** The span of the submission. */
  readonly span?: TraceContext;
}

export interface SubmitEndpointOptions extends SubmissionRules {
  readonly submitMessage: Pick<SubmitMessage, 'run'>;
  readonly tracing?: Tracing;
  readonly onError: (error: unknown, request: ApiRequest) => void;
  readonly onSubmission: (facts: SubmissionFacts) => void;
}

/** Puts a request's body on the queue. */
export const submitEndpoint =
  (options: SubmitEndpointOptions): Endpoint =>
  (request) => {
    const { headers, hostTrace } = request;
    const caller = traceContext(headers.get('traceparent'), headers.get('tracestate'));
    const origin = { parent: hostTrace ?? caller, isToldByHost: hostTrace !== undefined };
    return (options.tracing ?? noTracing).begin({ kind: 'submit' }, origin, async (span) => {
      const { response, ...facts } = await submit(options, request, span);
      span.set({ messageId: facts.messageId, source: facts.source, status: response.status });
      if (response.status >= 500) span.fail(facts.outcome);
      options.onSubmission({ ...facts, ...(span.context && { span: span.context }) });
      return response;
    });
  };

type Answer = SubmissionFacts & { readonly response: ApiResponse };

async function submit(
  { submitMessage, onError, ...rules }: SubmitEndpointOptions,
  request: ApiRequest,
  span: Span,
): Promise<Answer> {
  const again = againIn(request);
  if (again === undefined) return refused('invalid-parameter', 'again must be "true" or "false".');
  const read = await submissionFrom(request, rules, span.context);
  if (isRefusal(read)) return refused(...read.refused);
  const { submission, bytes } = read;
  const { contentType, traceparent } = submission;
  const submitted = await submitMessage.run(submission, { again, span });
  if (submitted.kind === 'unnamed') return { bytes, ...refused('invalid-message-id', submitted.problem) };
  const { message, ...outcome } = submitted;
  const facts = {
    messageId: message.id,
    source: message.source,
    bytes,
    ...(contentType !== undefined && { contentType }),
    ...(traceparent !== undefined && { traceparent }),
  };
  const identity = identityMembers(message);
  const status = statusPath(message);
  switch (outcome.kind) {
    case 'published':
      return { ...facts, outcome: 'accepted', response: accepted(message) };
    case 'too-large': {
      const detail = `The queue takes messages of at most ${rules.mostBodyBytes} bytes, envelope and headers included.`;
      return { ...facts, ...refused('content-too-large', detail) };
    }
    case 'mismatch': {
      const detail = 'A message with this ID is known, and it has other content. Nothing was submitted.';
      return { ...facts, ...refused('content-mismatch', detail, { members: { ...identity, links: { status } } }) };
    }
    case 'failed': {
      const { lastError } = outcome;
      const members = { ...identity, lastError, links: { status, again: `${messagesPath}?again=true` } };
      const detail =
        'The work of this message failed for good, so nothing was submitted. To have it tried again, send it with again=true.';
      return { ...facts, ...refused('message-failed', detail, { members }) };
    }
    case 'unknown': {
      onError(outcome.cause, request);
      const detail = 'The queue did not confirm the message. Send it again under this message ID.';
      return { ...facts, ...refused('unavailable', detail, { headers: { 'retry-after': '5' }, members: identity }) };
    }
  }
}

/** Whether a message that failed for good is to be tried again. Undefined if that is not clear. */
function againIn({ url }: ApiRequest): boolean | undefined {
  if (!url.includes('?')) return false;
  const again = new URL(url).searchParams.get('again') ?? 'false';
  return again === 'true' || (again === 'false' ? false : undefined);
}

const refused = (outcome: ProblemKind, detail: string, options?: ProblemOptions) => ({
  outcome,
  response: problem(outcome, detail, options),
});

function accepted(message: MessageIdentity): ApiResponse {
  const location = statusPath(message);
  const body = { ...identityMembers(message), status: 'accepted', links: { status: location } };
  return jsonResponse(202, body, { location, 'retry-after': '1' });
}
