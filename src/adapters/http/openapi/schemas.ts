import { longestMessageId } from '../../../domain/message-id.ts';
import { longestSource } from '../../../domain/work-key.ts';
import { type ProblemKind, problems, problemType } from '../problem.ts';

/** JSON Schema 2020-12, as OpenAPI 3.1 uses it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const object = (properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const messageId: JsonSchema = { type: 'string', minLength: 1, maxLength: longestMessageId };
/** Of an event of another producer, whose ID alone need not be unique. */
const source: JsonSchema = { type: 'string', minLength: 1, maxLength: longestSource };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const count: JsonSchema = { type: 'integer', minimum: 1 };
const link: JsonSchema = { type: 'string', format: 'uri-reference', pattern: '^/api/messages/' };
const reached: JsonSchema = { enum: ['reached', 'not-reached'] };

const step = object({
  name: { type: 'string' },
  status: { enum: ['started', 'finished', 'not-done'], description: 'Only a finished step is never done again.' },
});

/** What every status has, and what is particular to this one. */
const status = (name: string, members: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []) =>
  object(
    {
      messageId,
      source,
      status: { const: name },
      attempt: { ...count, description: 'Which attempt at the work this is.' },
      enqueuedAt: { ...time, description: 'When the message came onto the queue, by the clock of the broker.' },
      updatedAt: { ...time, description: 'When the lock was last written, by the clock of the store.' },
      steps: { type: 'array', items: step, description: 'The steps of the work so far, in their order.' },
      ...members,
      links: object({ self: link }),
    },
    ['source', 'enqueuedAt', 'steps', ...optional],
  );

const lastError: JsonSchema = { type: ['string', 'null'] };

const problemSchema = (kind: ProblemKind): JsonSchema => {
  const { status, title } = problems[kind];
  return object(
    {
      type: { const: problemType(kind) },
      title: { const: title },
      status: { const: status },
      detail: { type: 'string' },
      ...members[kind],
    },
    ['source', ...(kind === 'unavailable' ? ['messageId'] : [])],
  );
};

/** Further members of some problems. */
const members: Partial<Record<ProblemKind, Readonly<Record<string, JsonSchema>>>> = {
  unavailable: { messageId, source },
  'content-mismatch': { messageId, source, links: object({ status: link }) },
  'message-failed': {
    messageId,
    source,
    lastError,
    links: object({ status: link, again: { type: 'string', format: 'uri-reference' } }),
  },
  'not-ready': { live: { const: true }, ready: { const: false }, store: reached, queue: reached },
};

/** The schemas of all answers; those of the problems are named by their kind. */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  Accepted: object({ messageId, source, status: { const: 'accepted' }, links: object({ status: link }) }, ['source']),
  Processing: status('processing', { host: { type: 'string', description: 'Where the owner of the lock runs.' } }),
  Retrying: status('retrying', {
    lastError,
    retryAt: { ...time, description: 'When it is tried again at the earliest.' },
  }),
  Completed: status('completed', { completedAt: time, result: { description: 'What the work returned.' } }, ['result']),
  Failed: status('failed', { failedAt: time, lastError }),
  Ready: object({ live: { const: true }, ready: { const: true }, store: reached, queue: reached }),
  Live: object({ live: { const: true } }),
  ...Object.fromEntries((Object.keys(problems) as ProblemKind[]).map((kind) => [kind, problemSchema(kind)])),
};
