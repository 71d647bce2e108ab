import { eventInRequest, isEventInHeaders } from '../../adapters/cloud-events/event-in-request.ts';
import { jsonContent } from '../../adapters/cloud-events/json-content.ts';
import { createHttpRules, type HttpApiOptions, type HttpRules } from '../../adapters/http/http-api.ts';
import type { SubmissionFacts } from '../../adapters/http/submit-endpoint.ts';
import { stackOf } from '../../adapters/telemetry/error-chain.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { traceFacts } from '../../adapters/telemetry/trace-facts.ts';
import { identityText } from '../../domain/work-key.ts';
import type { Config } from './config.ts';
import type { Parts } from './lock-container.ts';
import { Token } from './tokens.ts';

/** The HTTP rules over what the container holds, as every host serves them. */
export const httpRulesOf = (
  container: Parts,
  { maxMessageBytes, logLevel }: Pick<Config, 'maxMessageBytes' | 'logLevel'>,
  { log, shutdown, page }: { readonly log: Log; readonly shutdown: AbortSignal } & Pick<HttpApiOptions, 'page'>,
): HttpRules => {
  const rules = createHttpRules({
    submitMessage: container.get(Token.submitMessage),
    getMessageStatus: container.get(Token.getMessageStatus),
    awaitStatusChange: container.get(Token.awaitStatusChange),
    checkHealth: container.get(Token.checkHealth),
    mostBodyBytes: maxMessageBytes,
    jsonContent,
    eventIn: eventInRequest,
    isEventInHeaders,
    shutdown,
    page,
    onError: (error, { method, url }) =>
      log('error', `${method} ${new URL(url).pathname} failed.`, { error, stack: stackOf(error) }),
    tracing: container.get(Token.telemetry),
    onSubmission: ({ span, ...facts }) => {
      const level = facts.outcome === 'accepted' ? 'info' : 'warn';
      log(level, sentence(facts), { event: 'submission', ...facts, ...traceFacts(span) });
    },
  });
  return logLevel === 'debug' ? logged(rules, log) : rules;
};

/** `rules`, with a line for each answer: path and status, and nothing else of the request. */
const logged =
  (rules: HttpRules, log: Log): HttpRules =>
  async (request) => {
    const start = performance.now();
    const response = await rules(request);
    const { method, url } = request;
    const [path, ms] = [new URL(url).pathname, Math.round(performance.now() - start)];
    const { status } = response;
    log('debug', `${method} ${path}: ${status}, ${ms} ms.`, { event: 'request', method, path, status, ms });
    return response;
  };

const sentence = ({ messageId, source, outcome }: SubmissionFacts): string => {
  const subject = messageId === undefined ? 'A submission' : `Message ${identityText({ id: messageId, source })}`;
  return outcome === 'accepted' ? `${subject}: submitted.` : `${subject}: not submitted (${outcome}).`;
};
