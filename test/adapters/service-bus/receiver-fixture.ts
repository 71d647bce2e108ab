import type { ServiceBusClient } from '@azure/service-bus';
import { onTestFinished } from 'vitest';
import { QueueReceiver, type QueueReceiverSettings } from '../../../src/adapters/service-bus/queue-receiver.ts';
import type { QueueReceiverEvent } from '../../../src/adapters/service-bus/queue-receiver-event.ts';
import type { Settlement } from '../../../src/adapters/service-bus/settlement.ts';
import type { ReceivedMessage } from '../../../src/application/ports/received-message.ts';
import type { WorkSlot } from '../../../src/application/ports/work-slot.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { until } from '../../support/until.ts';
import { queueName } from './queue-fixture.ts';

/** A delivery that is worked on until the test settles it. */
export interface OpenDelivery {
  readonly message: ReceivedMessage;
  readonly slot: WorkSlot;
  settle(settlement: Settlement): void;
  fail(error: Error): void;
}

export const complete: Settlement = { kind: 'complete' };
export const abandon: Settlement = { kind: 'abandon' };

/** A receiver, what it delivered and what it told, in order. It is stopped when the test is over. */
export function receiverFor(client: ServiceBusClient, settings: Partial<QueueReceiverSettings> = {}) {
  const deliveries: OpenDelivery[] = [];
  const events: QueueReceiverEvent[] = [];
  const receiver = new QueueReceiver(
    client,
    { queueName, maxConcurrentCalls: 4, maxLockRenewalMs: seconds(60), ...settings },
    {
      onDelivery: (message, slot) => {
        const { promise, resolve, reject } = Promise.withResolvers<Settlement>();
        deliveries.push({ message, slot, settle: resolve, fail: reject });
        return promise;
      },
      onEvent: (event) => events.push(event),
    },
  );
  onTestFinished(() => receiver.stop(durationMs(0)));
  const delivery = (index: number): Promise<OpenDelivery> =>
    until(() => deliveries[index] ?? Promise.reject(new Error(`There is no delivery ${index} yet`)));
  return { receiver, deliveries, events, delivery };
}
