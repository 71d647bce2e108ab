import { deliveryFrom } from '../../adapters/cloud-events/delivery-from.ts';
import type { OnDelivery } from '../../adapters/service-bus/queue-receiver.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import type { Log } from '../../adapters/telemetry/json-lines.ts';
import type { ProcessMessage } from '../../application/process-message.ts';
import type { Consumer } from '../../domain/work-key.ts';
import { settlementOf } from './settlement-of.ts';

/** Works on a delivery, until `shutdown` is aborted, and says how to settle it. */
export const onDelivery =
  (processMessage: ProcessMessage, consumer: Consumer, log: Log, shutdown: AbortSignal): OnDelivery =>
  async (message, slot) => {
    try {
      const delivery = deliveryFrom(message, { consumer, fingerprintOf });
      await processMessage.run(delivery, { slot, shutdown });
      return { kind: 'complete' };
    } catch (error) {
      const settlement = settlementOf(error);
      log('warn', error instanceof Error ? error.message : String(error), {
        event: 'delivery-failed',
        deliveryCount: message.deliveryCount,
        settledAs: settlement.kind,
        error,
      });
      return settlement;
    }
  };
