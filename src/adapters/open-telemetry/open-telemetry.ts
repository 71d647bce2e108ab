import { context, ProxyTracerProvider, trace } from '@opentelemetry/api';
import type { LockEvent } from '../../application/ports/lock-events.ts';
import type { SweepReport, Telemetry } from '../../application/ports/telemetry/telemetry.ts';
import {
  noTracing,
  type Operation,
  type Origin,
  type Span,
  type SpanFacts,
} from '../../application/ports/telemetry/tracing.ts';
import type { TraceContext } from '../../domain/trace-context.ts';
import { DeliveryFigures } from './delivery-figures.ts';
import { CurrentInstruments, type Instruments } from './instruments.ts';
import { attribute } from './names.ts';
import { isSameSpan, OpenTelemetrySpan, type SpanTools } from './open-telemetry-span.ts';
import { contextBelow, spanContextOf } from './span-context.ts';

/**
 * Telemetry through the OpenTelemetry API: spans and metrics go to whatever SDK the process has registered, and nowhere without
 * one. It uses nothing that API 1.9.0 lacks: a copy of a later minor version is silent under an SDK that was registered with 1.9.
 */
export class OpenTelemetry implements Telemetry {
  readonly #destination: string;
  readonly #instruments = new CurrentInstruments(scope);
  readonly #tools: SpanTools;

  /** `destination`: the queue that messages are sent to, and come from if nothing else is said. */
  constructor(destination: string) {
    this.#destination = destination;
    this.#tools = { tracer: trace.getTracer(scope.name, scope.version), instruments: this.#instruments };
  }

  begin<Result>(operation: Operation, origin: Origin, work: (span: Span) => Promise<Result>): Promise<Result> {
    if (!this.#isHeard()) return noTracing.begin(operation, origin, work);
    const { parent, isToldByHost = false, links = [], facts } = origin;
    const figures = new DeliveryFigures(facts?.destination ?? this.#destination);
    if (isToldByHost && parent !== undefined) {
      const hosts = trace.wrapSpanContext(spanContextOf(parent));
      return work(OpenTelemetrySpan.around(this.#tools, hosts, { start: contextBelow(parent), figures }));
    }
    if (operation.kind === 'submit') {
      // Somebody's instrumentation of HTTP has a span for this request already.
      const active = trace.getActiveSpan();
      const start = context.active();
      if (active?.isRecording()) return work(OpenTelemetrySpan.around(this.#tools, active, { start, figures }));
    }
    // It is called by somebody's own code, whose span is the active one; a delivery comes from nowhere in this process.
    const start = operation.kind === 'once' ? context.active() : contextBelow(parent);
    const placed = { start, figures, links: distinct(links, parent) };
    return OpenTelemetrySpan.run(this.#tools, operation, placed, (span) => {
      if (facts !== undefined) {
        span.set(facts);
        this.#measureLag(facts, figures);
      }
      return work(span);
    });
  }

  /** Whether an SDK is registered. Without one, even spans that go nowhere would be a tenth of what a message costs. */
  #isHeard(): boolean {
    const provider = trace.getTracerProvider();
    const isTraced = !(provider instanceof ProxyTracerProvider && provider.getDelegate() === noTracers);
    return isTraced || this.#instruments.get() !== undefined;
  }

  /** Of a first delivery: later ones came because of us. Two machines' clocks take part in it. */
  #measureLag({ deliveryCount, enqueuedTime }: SpanFacts, { destination }: DeliveryFigures): void {
    const enqueuedAt = Date.parse(enqueuedTime ?? '');
    if (deliveryCount !== 1 || Number.isNaN(enqueuedAt)) return;
    const lag = Math.max(0, Date.now() - enqueuedAt) / 1000;
    this.#instruments.get()?.queueLag.record(lag, { [attribute.destination]: destination });
  }

  emit(event: LockEvent): void {
    const instruments = this.#instruments.get();
    if (instruments === undefined && !(event.span instanceof OpenTelemetrySpan)) return;
    instruments?.decisions.add(1, { [attribute.decision]: event.kind });
    if (instruments !== undefined) count(instruments, event);
    const { span } = event;
    if (!(span instanceof OpenTelemetrySpan)) return;
    noteOn(span, event);
    if (event.kind === 'created' || event.kind === 'taken-over') span.figures.heldSince = performance.now();
    const { heldSince, destination } = span.figures;
    if (heldSince === undefined || !isEnd(event)) return;
    span.figures.heldSince = undefined;
    instruments?.holdDuration.record((performance.now() - heldSince) / 1000, {
      [attribute.destination]: destination,
      [attribute.lockState]: event.kind,
    });
  }

  swept(report: SweepReport): void {
    this.#instruments.get()?.swept(report);
  }

  refusedEffect(effect: string): void {
    this.#instruments.get()?.refusedEffects.add(1, { [attribute.effect]: effect });
  }
}

/** What every copy of the API hands out as long as no SDK is registered. */
const noTracers = new ProxyTracerProvider().getDelegate();

const scope = { name: 'immutable-service-bus', version: '0.2.0' };

/** Those that say something new: not the parent, and none twice. */
function distinct(
  links: readonly (TraceContext | undefined)[],
  parent: TraceContext | undefined,
): readonly TraceContext[] {
  const found: TraceContext[] = [];
  for (const link of links) {
    if (link !== undefined && ![parent, ...found].some((known) => isSameSpan(known, link))) found.push(link);
  }
  return found;
}

function count(instruments: Instruments, event: LockEvent): void {
  switch (event.kind) {
    case 'taken-over':
      instruments.takeovers.add(1, { [attribute.takeoverCause]: event.cause });
      break;
    case 'lost':
      instruments.lost.add(1);
      break;
    case 'clock-disagreement':
      instruments.clockDisagreements.add(1);
      break;
    case 'ambiguous-resolved':
      instruments.ambiguousWrites.add(1, { [attribute.isOurs]: event.isOurs });
      break;
    default:
      break;
  }
}

/** What has a span of its own is not noted as an event, too. */
const asSpans: ReadonlySet<LockEvent['kind']> = new Set(['created', 'completed', 'released', 'failed', 'step-done']);

function noteOn(span: OpenTelemetrySpan, event: LockEvent): void {
  if (asSpans.has(event.kind)) return;
  span.note(event.kind, 'step' in event ? { [attribute.stepName]: event.step, [attribute.replayed]: true } : undefined);
}

const isEnd = ({ kind }: LockEvent): boolean =>
  ['completed', 'released', 'failed', 'lost', 'not-released'].includes(kind);
