import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Guard } from '../guards/guard.ts';

/**
 * Powertools for AWS Lambda around an empty handler, in its cheapest form: the message ID is the payload, so that nothing is
 * searched for or validated, and no local cache answers in the place of the store.
 */
export function idempotentBy(persistenceStore: BasePersistenceLayer): Guard {
  const config = new IdempotencyConfig({});
  config.registerLambdaContext({ getRemainingTimeInMillis: () => 300_000 } as never);
  const handle = makeIdempotent(async (_id: string) => 'done', { persistenceStore, config, keyPrefix: 'bench' });
  return { paths: { new: handle, redelivered: handle, fresh: handle } };
}
