import { asError } from '../../application/error-text.ts';
import { DeliveryError } from '../../domain/errors.ts';
import type { Settlement } from './settlement.ts';

/**
 * How a delivery that was not completed is settled: what no further delivery can mend goes to the dead-letter queue at once,
 * with its reason; everything else is abandoned, and so delivered again.
 */
export function settlementOf(thrown: unknown): Settlement {
  const error = asError(thrown);
  if (!(error instanceof DeliveryError && error.isFinal)) return { kind: 'abandon' };
  return { kind: 'dead-letter', reason: error.name, description: error.message };
}
