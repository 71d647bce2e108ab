import type { Content, DeliveredMessage } from '../../domain/message.ts';
import { PermanentFailure } from '../../domain/step-errors.ts';
import { errorText } from '../error-text.ts';
import type { HandlerContext } from '../ports/message-handler.ts';
import type { Issue, StandardSchema } from './standard-schema.ts';

/** A message whose content is JSON of the form that a schema says. */
export interface CheckedMessage<Value> extends DeliveredMessage {
  readonly content: { readonly kind: 'json'; readonly value: Value };
}

/**
 * `handler`, which gets content only as `schema` has it: what does not fit fails for good, with the place of each misfit, since
 * no further attempt would mend it. Checked under the lock, so that the failure is recorded.
 */
export const withSchema =
  <Value, Result>(
    schema: StandardSchema<Value>,
    handler: (message: CheckedMessage<Value>, context: HandlerContext) => Promise<Result> | Result,
  ) =>
  async (message: DeliveredMessage, context: HandlerContext): Promise<Result> =>
    handler({ ...message, content: { kind: 'json', value: await checked(schema, message.content) } }, context);

async function checked<Value>(schema: StandardSchema<Value>, content: Content): Promise<Value> {
  if (content.kind === 'binary') throw new PermanentFailure(`The content does not fit its schema: ${notJson}`);
  const outcome = await schema['~standard'].validate(content.value);
  if (outcome.issues === undefined) return outcome.value;
  const told = outcome.issues.slice(0, mostIssues).map(issueText);
  const more = outcome.issues.length - told.length;
  const rest = more > 0 ? ` And ${more} more.` : '';
  throw new PermanentFailure(`The content does not fit its schema: ${told.join('; ')}.${rest}`);
}

const notJson =
  'it came as bytes, since it is not JSON, or JSON of which a JavaScript value would lose something (a number of too many ' +
  'digits, a member that stands twice).';

/** The text that a lock keeps of an error is limited. */
const mostIssues = 10;

/** `items[0].price: must be a number`. */
function issueText({ message, path = [] }: Issue): string {
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const place = keys.map((key, index) =>
    typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`,
  );
  return `${place.join('') || 'the whole'}: ${errorText(message).replace(/[.]$/, '')}`;
}
