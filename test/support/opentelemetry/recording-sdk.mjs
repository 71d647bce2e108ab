// An SDK of the application's own, to be preloaded: it writes each span that ends as a line of the file that SPANS_FILE names.
// Copied into the folder of an installation, whose packages it then finds.
import { appendFileSync } from 'node:fs';
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const write = (line) => appendFileSync(process.env.SPANS_FILE, `${JSON.stringify(line)}\n`);
const over = { shutdown: async () => undefined, forceFlush: async () => undefined };
const spans = {
  ...over,
  export: (ended, done) => {
    for (const { name, parentSpanContext, links, ...span } of ended) {
      const { traceId, spanId } = span._spanContext ?? span.spanContext();
      write({
        span: name,
        scope: span.instrumentationScope.name,
        traceId,
        spanId,
        parent: parentSpanContext?.spanId,
        links: links.map(({ context }) => context.spanId),
      });
    }
    done({ code: 0 });
  },
};
const points = {
  ...over,
  selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  export: ({ scopeMetrics }, done) => {
    for (const { descriptor } of scopeMetrics.flatMap((scope) => scope.metrics)) write({ metric: descriptor.name });
    done({ code: 0 });
  },
};

trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
const reader = new PeriodicExportingMetricReader({
  exporter: points,
  exportIntervalMillis: 300,
  exportTimeoutMillis: 200,
});
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
