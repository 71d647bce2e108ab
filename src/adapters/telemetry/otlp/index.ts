/** Exports traces, metrics and log lines over OTLP/HTTP, as the standard OTEL_* variables say. */
import { hostname } from 'node:os';
import {
  type Attributes,
  context,
  DiagLogLevel,
  diag,
  metrics,
  propagation,
  ROOT_CONTEXT,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { isTraceparent } from '../../../domain/trace-context.ts';
import { samplerFrom } from './sampler.ts';
import type { Signal } from './wanted-signals.ts';

export { type Signal, type WantedSignals, wantedSignals } from './wanted-signals.ts';

/** One line of a log: a level, a sentence, and facts that JSON can hold. */
export type LogLine = (
  level: 'debug' | 'info' | 'warn' | 'error',
  sentence: string,
  facts?: Readonly<Record<string, unknown>>,
) => void;

/** What is under way until `stop`. */
export interface Exporting {
  /** Exports a line; without effect if logs are not exported. */
  readonly log: LogLine;
  /** Sends what is left, and resolves after `limitMs` at most, sent or not. It never rejects. */
  stop(limitMs: number): Promise<void>;
}

export interface ExportOptions {
  readonly signals: ReadonlySet<Signal>;
  /** Is told once of a collector that does not take what is sent. */
  readonly onTrouble: (why: string) => void;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Registers an SDK with the OpenTelemetry API of this process, and exports from now on. Undefined if another SDK was registered
 * before: that one has the say, by the same variables.
 */
export function startExport({ signals, onTrouble, environment = process.env }: ExportOptions): Exporting | undefined {
  const resource = resourceOf(environment);
  const parts: Shutdown[] = [];
  const tracers = new TracerProvider({
    resource,
    sampler: samplerFrom(environment),
    spanProcessors: signals.has('traces') ? [spanProcessor(environment)] : [],
  });
  if (!trace.setGlobalTracerProvider(tracers)) return undefined;
  tellTroubleOnce(onTrouble);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  parts.push(tracers);
  if (signals.has('metrics')) {
    const exportIntervalMillis = numberIn(environment, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000);
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      exportIntervalMillis,
      exportTimeoutMillis: Math.min(exportIntervalMillis, 30_000),
    });
    const meters = new MeterProvider({ resource, readers: [reader] });
    metrics.setGlobalMeterProvider(meters);
    parts.push(meters);
  }
  let log: LogLine = () => undefined;
  if (signals.has('logs')) {
    const exporter = new OTLPLogExporter();
    const loggers = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: 1000 })],
    });
    parts.push(loggers);
    log = lineExporter(loggers);
  }
  return { log, stop: (limitMs) => stopWithin(limitMs, parts) };
}

interface Shutdown {
  shutdown(): Promise<void>;
}

async function stopWithin(limitMs: number, parts: readonly Shutdown[]): Promise<void> {
  const timeUp = Promise.withResolvers<void>();
  const timer = setTimeout(timeUp.resolve, limitMs);
  // A collector that is away would be asked for longer than a host has to stop.
  await Promise.race([Promise.allSettled(parts.map((part) => part.shutdown())), timeUp.promise]);
  clearTimeout(timer);
}

const spanProcessor = (environment: NonNullable<ExportOptions['environment']>) =>
  new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    // Sooner than the usual 5 s: an instance that is scaled in, or frozen, takes what it has not sent along.
    scheduledDelayMillis: numberIn(environment, 'OTEL_BSP_SCHEDULE_DELAY', 1000),
    maxQueueSize: numberIn(environment, 'OTEL_BSP_MAX_QUEUE_SIZE', 2048),
    maxExportBatchSize: numberIn(environment, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512),
  });

function numberIn(environment: NonNullable<ExportOptions['environment']>, name: string, fallback: number): number {
  const value = Number(environment[name] || Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : fallback;
}

/** The site's name is what a Function App is called. */
const resourceOf = (environment: NonNullable<ExportOptions['environment']>): Resource =>
  defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': environment['WEBSITE_SITE_NAME'] || 'immutable-service-bus',
        'host.name': hostname(),
      }),
    )
    .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }));

/** The SDK tells of each batch that it could not send. That is said once. */
function tellTroubleOnce(onTrouble: (why: string) => void): void {
  let isTold = false;
  const tell = (what: string) => {
    if (!isTold) onTrouble(messageIn(what));
    isTold = true;
  };
  const ignore = () => undefined;
  const logger = { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** The SDK hands out an error as a text of JSON, with its stack. */
function messageIn(what: string): string {
  try {
    const { message, code } = JSON.parse(what);
    return [message, code].filter((part) => typeof part === 'string' && part !== '').join(' ') || 'no answer';
  } catch {
    return what;
  }
}

const severities = { debug: 5, info: 9, warn: 13, error: 17 } as const;

function lineExporter(loggers: LoggerProvider): LogLine {
  const logger = loggers.getLogger('immutable-service-bus');
  return (level, sentence, facts = {}) => {
    const { trace_id: traceId, span_id: spanId, ...rest } = facts;
    const isOfSpan = isTraceparent(`00-${traceId}-${spanId}-01`);
    const spanContext = { traceId: String(traceId), spanId: String(spanId), traceFlags: TraceFlags.SAMPLED };
    logger.emit({
      severityNumber: severities[level],
      severityText: level.toUpperCase(),
      body: sentence,
      attributes: attributesOf(rest),
      ...(isOfSpan && { context: trace.setSpanContext(ROOT_CONTEXT, spanContext) }),
    });
  };
}

/** A fact that is not a plain value is told as its JSON text. */
function attributesOf(facts: Readonly<Record<string, unknown>>): Attributes {
  const attributes: Attributes = {};
  for (const [name, fact] of Object.entries(facts)) {
    if (fact === undefined || fact === null) continue;
    const isPlain = ['string', 'number', 'boolean'].includes(typeof fact);
    attributes[name] = isPlain ? (fact as string | number | boolean) : JSON.stringify(fact);
  }
  return attributes;
}
