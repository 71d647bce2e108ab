import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { type ReadableSpan, type Sampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { onTestFinished } from 'vitest';

/** A span as a test wants to see it: where it hangs, and what is said of it. */
export interface SeenSpan {
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** The IDs of the spans that it is linked to. */
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly isError: boolean;
  /** That of who tells it. */
  readonly version: string | undefined;
}

/** A point of a metric. */
export interface SeenPoint {
  readonly metric: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** The real SDK, registered for as long as the test takes, which keeps all it is told in memory. */
export function recordTelemetry({ sampler }: { readonly sampler?: Sampler } = {}) {
  const started: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart: (span) => void started.push(span as unknown as ReadableSpan),
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const provider = new TracerProvider({ spanProcessors: [processor], ...(sampler && { sampler }) });
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  trace.setGlobalTracerProvider(provider);
  metrics.setGlobalMeterProvider(meters);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(async () => {
    for (const api of [trace, metrics, context]) api.disable();
    await Promise.all([provider.shutdown(), meters.shutdown()]);
  });
  return {
    /** Those that have ended, in the order of their starts. */
    spans: (): readonly SeenSpan[] => started.filter(({ ended }) => ended).map(seen),
    points: async (): Promise<readonly SeenPoint[]> => {
      points.reset();
      await meters.forceFlush();
      return points
        .getMetrics()
        .flatMap(({ scopeMetrics }) =>
          scopeMetrics.flatMap((scope) =>
            scope.metrics.flatMap(({ descriptor: { name, unit }, dataPoints }) =>
              dataPoints.map(({ attributes, value }) => ({ metric: name, unit, attributes, value })),
            ),
          ),
        );
    },
  };
}

const seen = (span: ReadableSpan): SeenSpan => ({
  name: span.name,
  kind: SpanKind[span.kind],
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parentSpanId: span.parentSpanContext?.spanId,
  links: span.links.map((link) => link.context.spanId),
  attributes: span.attributes,
  events: span.events.map(({ name }) => name),
  isError: span.status.code === SpanStatusCode.ERROR,
  version: span.instrumentationScope.version,
});
