/**
 * Where a trace stands: what one process hands to the next. Source: W3C Trace Context, sections 3.2 and 3.3.
 */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** Whether `value` is a trace context. Any other value is ignored. Source: W3C Trace Context, section 3.2.2. */
export const isTraceparent = (value: unknown): value is string => typeof value === 'string' && pattern.test(value);

const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/**
 * The context in two members of a message or headers of a request; undefined if the first is not one. A state that is not a
 * text of printable characters, or is longer than what everybody has to hand on, is left out.
 */
export function traceContext(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (!isTraceparent(traceparent)) return undefined;
  const isState = typeof tracestate === 'string' && /^[\x20-\x7e]{1,512}$/.test(tracestate);
  return isState ? { traceparent, tracestate } : { traceparent };
}

/** Which trace, and which span of it. */
export const traceIds = ({ traceparent }: TraceContext): { readonly traceId: string; readonly spanId: string } => ({
  traceId: traceparent.slice(3, 35),
  spanId: traceparent.slice(36, 52),
});
