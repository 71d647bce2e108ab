import { deliveryFrom } from '../../adapters/cloud-events/delivery-from.ts';
import type { OnDelivery } from '../../adapters/service-bus/queue-receiver.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import { asError } from '../../application/error-text.ts';
import type { ProcessMessage } from '../../application/process-message.ts';
import type { Delivery } from '../../domain/message.ts';
import type { Consumer } from '../../domain/work-key.ts';
import { logDeliveryFailure } from '../composition/delivery-failure.ts';
import { settlementOf } from './settlement-of.ts';

export interface OnDeliveryOptions {
  readonly consumer: Consumer;
  readonly idOf?: IdOf | undefined;
  readonly log: Log;
  readonly shutdown: AbortSignal;
  /** How often the broker delivers a message. */
  readonly maxDeliveryCount: number;
}

/** Works on a delivery, until `shutdown` is aborted, and says how to settle it. */
export const onDelivery =
  (
    processMessage: ProcessMessage,
    { consumer, idOf, log, shutdown, maxDeliveryCount }: OnDeliveryOptions,
  ): OnDelivery =>
  async (message, slot) => {
    let delivery: Delivery | undefined;
    try {
      delivery = deliveryFrom(message, { consumer, idOf, fingerprintOf });
      await processMessage.run(delivery, { slot, shutdown });
      return { kind: 'complete' };
    } catch (error) {
      const settlement = settlementOf(error);
      logDeliveryFailure(log, {
        received: message,
        delivery,
        error: asError(error),
        maxDeliveryCount,
        settledAs: settlement.kind,
      });
      return settlement;
    }
  };
