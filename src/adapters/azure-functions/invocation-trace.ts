import type { InvocationContext } from '@azure/functions';
import { type TraceContext, traceContext } from '../../domain/trace-context.ts';

/** The span that the host has for an invocation. For a Service Bus trigger it is below the one that sent the message. */
export const traceOf = ({ traceContext: host }: InvocationContext): TraceContext | undefined =>
  traceContext(host?.traceParent, host?.traceState);
