/** A Function App as its owner writes it, with functions of several kinds, all guarded. It tells what its handlers get. */
import { app } from '@azure/functions';
import { type GuardedContext, messageGuard, PermanentFailure } from '../../../src/entrypoints/functions/index.ts';

const guard = messageGuard();

const tell = (context: GuardedContext, message: unknown): void => {
  const { functionName, attempt, message: sent } = context;
  const body = message instanceof Uint8Array ? { bytes: [...message] } : message;
  context.info(JSON.stringify({ told: { functionName, body, attempt, sent } }));
};

app.serviceBusQueue(
  'orders',
  guard.queue<{ fail?: string; steps?: number }>({
    queueName: '%ORDERS_QUEUE%',
    connection: 'Bus',
    handler: async (order, context) => {
      tell(context, order);
      for (let step = 0; step < (order?.steps ?? 0); step += 1) await context.step(`step ${step}`, () => step);
      if (order?.fail === 'once' && context.attempt === 1) throw new Error('not the first time');
      if (order?.fail === 'always') throw new PermanentFailure('never');
      return { order };
    },
  }),
);
app.serviceBusQueue(
  'images',
  guard.queue({
    queueName: 'images',
    connection: 'Bus',
    dataType: 'binary',
    isSessionsEnabled: true,
    scope: 'pictures',
    handler: (image, context) => {
      tell(context, image);
      return new Map([['not', 'JSON']]);
    },
  }),
);
for (const subscriptionName of ['billing', 'audit']) {
  const trigger = { topicName: 'Invoices', subscriptionName, connection: 'Bus' };
  app.serviceBusTopic(
    subscriptionName,
    guard.topic({ ...trigger, handler: (invoice, context) => tell(context, invoice) }),
  );
}

/** The simplest validator there can be. */
const invoice = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => {
      const { total } = Object(value) as { total?: unknown };
      if (typeof total === 'number') return { value: { total, isChecked: true } };
      return { issues: [{ message: 'must be a number', path: ['total'] }] };
    },
  },
} as const;
app.serviceBusQueue(
  'checked',
  guard.queue({
    queueName: 'checked',
    connection: 'Bus',
    schema: invoice,
    idOf: ({ content }) => `total-${content.kind === 'json' ? (content.value as { total: number }).total : '?'}`,
    handler: ({ isChecked }, context) => tell(context, { isChecked }),
  }),
);

app.http('once', {
  handler: async (request) => {
    const { fail, ...options } = (await request.json()) as { scope: string; id: string; fail?: boolean };
    const outcome = await guard.once(options, async ({ step }) => {
      const at = await step('now', () => new Date(0));
      if (fail) throw new PermanentFailure('as asked');
      return { at };
    });
    return { jsonBody: outcome };
  },
});
