import type { OnDelivery } from '../../adapters/service-bus/queue-receiver.ts';
import { settlementOf } from '../../adapters/service-bus/settlement-of.ts';
import { noTracing } from '../../application/ports/telemetry/tracing.ts';
import type { ProcessMessage } from '../../application/process-message.ts';
import { type WorkOptions, workOnDelivery } from '../composition/work-on-delivery.ts';

export interface OnDeliveryOptions extends Omit<WorkOptions, 'processMessage' | 'tracing'> {
  readonly tracing?: WorkOptions['tracing'];
  readonly shutdown: AbortSignal;
}

/** Works on a delivery, until `shutdown` is aborted, and says how to settle it. */
export const onDelivery =
  (processMessage: ProcessMessage, { tracing = noTracing, shutdown, ...rest }: OnDeliveryOptions): OnDelivery =>
  async (message, slot) => {
    const options = { ...rest, processMessage, tracing };
    const settledAs = (error: Error) => settlementOf(error).kind;
    const { span, error } = await workOnDelivery(message, options, { slot, shutdown, settledAs });
    return error === undefined ? { kind: 'complete', span } : { ...settlementOf(error), span };
  };
