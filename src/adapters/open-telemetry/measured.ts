import type { Operation } from '../../application/ports/telemetry/tracing.ts';
import type { DeliveryFigures } from './delivery-figures.ts';
import { messagingAttributes } from './described.ts';
import type { Instruments } from './instruments.ts';
import { attribute } from './names.ts';

/** How an operation ended. */
export interface Ending {
  readonly seconds: number;
  readonly figures: DeliveryFigures;
  readonly decision: string | undefined;
  readonly outcome: string | undefined;
  readonly errorType: string | undefined;
}

/** Counts an operation that has ended. No attribute has more values than the code has names for them. */
export function measured(instruments: Instruments | undefined, operation: Operation, ending: Ending): void {
  if (instruments === undefined) return;
  const { seconds, figures, decision = 'none', outcome = 'completed', errorType } = ending;
  const failure = errorType === undefined ? {} : { [attribute.errorType]: errorType };
  switch (operation.kind) {
    case 'send': {
      const attributes = { ...messagingAttributes(figures.destination), [attribute.operationName]: 'send', ...failure };
      instruments.sent.add(1, attributes);
      instruments.operationDuration.record(seconds, { ...attributes, [attribute.operationType]: 'send' });
      break;
    }
    case 'settle':
      instruments.operationDuration.record(seconds, {
        ...messagingAttributes(figures.destination),
        [attribute.operationName]: operation.as,
        [attribute.operationType]: 'settle',
        ...failure,
      });
      break;
    case 'process': {
      const attributes = {
        ...messagingAttributes(figures.destination),
        [attribute.operationName]: 'process',
        [attribute.outcome]: outcome,
        ...failure,
      };
      instruments.consumed.add(1, attributes);
      instruments.processDuration.record(seconds, attributes);
      instruments.requests.record(figures.requests, {
        [attribute.destination]: figures.destination,
        [attribute.outcome]: outcome,
      });
      break;
    }
    case 'once':
      instruments.requests.record(figures.requests, {
        [attribute.destination]: figures.destination,
        [attribute.outcome]: outcome,
      });
      break;
    case 'acquire': {
      if (figures.waitingSince === undefined) return;
      const waited = (performance.now() - figures.waitingSince) / 1000;
      instruments.waitDuration.record(waited, {
        [attribute.destination]: figures.destination,
        [attribute.decision]: decision,
      });
      break;
    }
    case 'step':
      instruments.stepDuration.record(seconds, { [attribute.stepName]: operation.name, ...failure });
      break;
    case 'submit':
    case 'end':
      break;
  }
}
