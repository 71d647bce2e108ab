import { type TraceContext, traceIds } from '../../domain/trace-context.ts';

/** Which span a line of a log belongs to, by the names that log readers look for. Source: OpenTelemetry, "Trace Context in non-OTLP Log Formats". */
export function traceFacts(context: TraceContext | undefined): Readonly<Record<string, string>> {
  if (context === undefined) return {};
  const { traceId, spanId } = traceIds(context);
  return { trace_id: traceId, span_id: spanId };
}
