import { deliveryFrom } from '../../adapters/cloud-events/delivery-from.ts';
import { originOf } from '../../adapters/service-bus/origin-of.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import { logDeliveryFailure } from '../../adapters/telemetry/delivery-failure.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import { asError } from '../../application/error-text.ts';
import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import { type Span, silentSpan, type Tracing } from '../../application/ports/telemetry/tracing.ts';
import type { ProcessMessage } from '../../application/process-message.ts';
import type { ExecutionOptions } from '../../application/settings/process-settings.ts';
import type { Delivery } from '../../domain/message.ts';
import type { TraceContext } from '../../domain/trace-context.ts';
import type { Consumer } from '../../domain/work-key.ts';

export interface WorkOptions {
  readonly processMessage: ProcessMessage;
  readonly consumer: Consumer;
  /** What messages are known by, in the place of their own IDs. */
  readonly idOf?: IdOf | undefined;
  /** The queue, or the topic and its subscription. Default: that of the process. */
  readonly destination?: string;
  readonly tracing: Tracing;
  readonly log: Log;
  /** How often the broker delivers a message. */
  readonly maxDeliveryCount: number;
}

export interface DeliveryContext extends ExecutionOptions {
  /** The span that the host has for this delivery. */
  readonly hostTrace?: TraceContext | undefined;
  /** How the host settles a failed delivery, if it does so itself. */
  readonly settledAs?: (error: Error) => string;
}

/** Works on what a host received, as one span, and tells of a failure in one line. Never rejects: `error` is why it failed. */
export async function workOnDelivery(
  received: ReceivedMessage,
  { processMessage, tracing, log, maxDeliveryCount, destination, ...reading }: WorkOptions,
  { hostTrace, settledAs, ...options }: DeliveryContext,
): Promise<{ readonly span: Span; readonly error?: Error }> {
  const read = readDelivery(received, reading);
  const delivery = read instanceof Error ? undefined : read;
  let span = silentSpan;
  try {
    await tracing.begin(
      { kind: 'process' },
      originOf(received, delivery, { hostTrace, destination }),
      async (begun) => {
        span = begun;
        if (read instanceof Error) throw read;
        const { kind: outcome } = await processMessage.run(read, { ...options, span });
        span.set({ outcome });
      },
    );
    return { span };
  } catch (thrown) {
    const error = asError(thrown);
    logDeliveryFailure(log, { received, delivery, error, maxDeliveryCount, span, settledAs: settledAs?.(error) });
    return { span, error };
  }
}

function readDelivery(received: ReceivedMessage, reading: Pick<WorkOptions, 'consumer' | 'idOf'>): Delivery | Error {
  try {
    return deliveryFrom(received, { ...reading, fingerprintOf });
  } catch (error) {
    return asError(error);
  }
}
