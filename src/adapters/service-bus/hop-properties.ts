import { type TraceContext, traceContext } from '../../domain/trace-context.ts';

/**
 * The span that sends a message, as properties of the message. `Diagnostic-Id` is what the clients for JavaScript know, and what
 * others read if there is no `traceparent`.
 *
 * Source: Microsoft, "Distributed tracing and correlation through Service Bus messaging"; MessagingClientDiagnostics of the
 * Azure SDK for .NET.
 */
export const hopProperties = ({ traceparent, tracestate }: TraceContext): Record<string, string> => ({
  'Diagnostic-Id': traceparent,
  traceparent,
  ...(tracestate !== undefined && { tracestate }),
});

/** The span that sent a message, from its properties; undefined if they name none. A Functions host writes the first letter small. */
export function hopFrom(properties: Readonly<Record<string, unknown>>): TraceContext | undefined {
  const { traceparent, tracestate } = properties;
  const id = properties['Diagnostic-Id'] ?? properties['diagnostic-Id'];
  return traceContext(traceparent, tracestate) ?? traceContext(id, undefined);
}
