import type { ServiceBusClient } from '@azure/service-bus';
import { interruptionText } from '../../adapters/service-bus/interruption-text.ts';
import { type OnDelivery, QueueReceiver } from '../../adapters/service-bus/queue-receiver.ts';
import type { QueueReceiverEvent } from '../../adapters/service-bus/queue-receiver-event.ts';
import { SessionReceiver } from '../../adapters/service-bus/session-receiver.ts';
import type { HostedSource } from '../../adapters/service-bus/source.ts';
import { entityText } from '../../adapters/service-bus/source-entity.ts';
import type { StartUp } from '../../adapters/system/start-up.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { logReceiverEvent } from './receiver-log.ts';

export interface ReceiverOptions {
  readonly client: ServiceBusClient;
  readonly log: Log;
  readonly onDelivery: OnDelivery;
  readonly functionTimeoutMs: DurationMs;
}

export interface HostedReceiver {
  readonly receiver: Pick<QueueReceiver, 'start' | 'stop'>;
  /** @throws Error in words if the queue cannot be received from within the time of the start. */
  readonly reach: (startUp: StartUp) => Promise<void>;
}

/** A receiver of one source that has not begun to receive, and what waits until its queue answers. */
export function startReceiver(
  { entity, sessions, concurrency }: HostedSource,
  { client, log, onDelivery, functionTimeoutMs }: ReceiverOptions,
): HostedReceiver {
  let onEvent = (event: QueueReceiverEvent) => logReceiverEvent(log, entity, event);
  const Receiver = sessions ? SessionReceiver : QueueReceiver;
  const receiver = new Receiver(
    client,
    { ...entity, maxConcurrentCalls: concurrency, maxLockRenewalMs: durationMs(functionTimeoutMs + seconds(60)) },
    { onDelivery, onEvent: (event) => onEvent(event) },
  );
  const reach = async (startUp: StartUp): Promise<void> => {
    const logged = onEvent;
    const refused = Promise.withResolvers<never>();
    let why = new Error(`The ${entityText(entity)} has not answered.`);
    onEvent = (event) => {
      if (event.kind !== 'interrupted') return logged(event);
      const { reason, cause } = event;
      why = new Error(interruptionText(entity, event), { cause });
      // Asked again, a namespace would say the same: there is no such queue, or no right to receive.
      if (reason === 'unreachable') startUp.tell(why.message);
      else refused.reject(why);
    };
    await startUp.unlessOver(Promise.race([receiver.reach(), refused.promise]), () => why);
    onEvent = logged;
  };
  return { receiver, reach };
}
