import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Guard } from '../guards/guard.ts';

const lambdaContext = { getRemainingTimeInMillis: () => 300_000 } as never;

/**
 * Powertools for AWS Lambda around an empty handler, in its cheapest form: the message ID is the payload, so that nothing is
 * searched for or validated, and no local cache answers in the place of the store.
 */
export function idempotentBy(persistenceStore: BasePersistenceLayer): Guard {
  const config = new IdempotencyConfig({});
  config.registerLambdaContext(lambdaContext);
  const handle = makeIdempotent(async (_id: string) => 'done', { persistenceStore, config, keyPrefix: 'bench' });
  return { paths: { new: handle, redelivered: handle, fresh: handle } };
}

/**
 * The same for a message as a queue delivers it, and with what the product does: the ID is taken from the event, and other
 * content under the same ID is told from the first (its `payloadValidationJmesPath`).
 */
export function idempotentByEvent(persistenceStore: BasePersistenceLayer): Guard {
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'messageId', payloadValidationJmesPath: 'body' });
  config.registerLambdaContext(lambdaContext);
  const handle = makeIdempotent(async (_event: object) => 'done', { persistenceStore, config, keyPrefix: 'bench' });
  const deliver = (messageId: string) => handle({ messageId, body: { order: 1 } });
  return { paths: { new: deliver, redelivered: deliver, fresh: deliver } };
}
