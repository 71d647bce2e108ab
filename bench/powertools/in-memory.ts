import { setTimeout as delay } from 'node:timers/promises';
import { IdempotencyItemAlreadyExistsError, IdempotencyItemNotFoundError } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, type IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { MakeGuard } from '../guards/guard.ts';
import { idempotentBy, idempotentByEvent } from './idempotent.ts';

/** Keeps records in a Map. A call takes one timer, or nothing but its await if the latency is 0: what remains is Powertools' own. */
class InMemoryPersistenceLayer extends BasePersistenceLayer {
  latencyMs = 0;
  readonly records = new Map<string, IdempotencyRecord>();

  protected async _getRecord(key: string): Promise<IdempotencyRecord> {
    await this.#answer();
    const record = this.records.get(key);
    if (record === undefined) throw new IdempotencyItemNotFoundError();
    return record;
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    await this.#answer();
    const stored = this.records.get(record.idempotencyKey);
    if (stored !== undefined) throw new IdempotencyItemAlreadyExistsError('It exists.', stored);
    this.records.set(record.idempotencyKey, record);
  }

  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    await this.#answer();
    this.records.set(record.idempotencyKey, record);
  }

  protected async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    await this.#answer();
    this.records.delete(record.idempotencyKey);
  }

  async #answer(): Promise<void> {
    if (this.latencyMs > 0) await delay(this.latencyMs);
  }
}

const guardBy =
  (idempotent: typeof idempotentBy): MakeGuard =>
  async () => {
    const layer = new InMemoryPersistenceLayer();
    return {
      ...idempotent(layer),
      answerAfter: (latencyMs) => {
        layer.latencyMs = latencyMs;
      },
      forgetAll: () => layer.records.clear(),
    };
  };

export const makeGuard: MakeGuard = guardBy(idempotentBy);
export const makeGuardOfEvents: MakeGuard = guardBy(idempotentByEvent);
