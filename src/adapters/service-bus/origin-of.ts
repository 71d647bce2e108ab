import type { ReceivedMessage } from '../../application/ports/received-message.ts';
import type { Origin } from '../../application/ports/telemetry/tracing.ts';
import type { Delivery } from '../../domain/message.ts';
import { type TraceContext, traceContext } from '../../domain/trace-context.ts';
import { hopFrom } from './hop-properties.ts';

/**
 * Where the span of a delivery starts from: below the host's span if it has one, else below the one that sent the message; linked to
 * what else led here. `delivery` is undefined if the message cannot be used.
 *
 * Source: OpenTelemetry semantic conventions, messaging spans, trace structure.
 */
export function originOf(
  received: ReceivedMessage,
  delivery: Delivery | undefined,
  {
    hostTrace,
    destination,
  }: { readonly hostTrace?: TraceContext | undefined; readonly destination?: string | undefined },
): Origin {
  const { applicationProperties, deliveryCount, enqueuedTime } = received;
  const hop = hopFrom(applicationProperties);
  const start = delivery && traceContext(delivery.message.traceparent, delivery.message.tracestate);
  const { id: messageId, source } = delivery?.key ?? {};
  return {
    parent: hostTrace ?? hop ?? start,
    links: [hop, start],
    facts: { destination, messageId, source, eventType: delivery?.message.type, deliveryCount, enqueuedTime },
  };
}
