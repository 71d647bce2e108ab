import type { Tracer } from '@opentelemetry/api';
import {
  type Span as ApiSpan,
  type Attributes,
  type Context,
  context,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { asError, errorText } from '../../application/error-text.ts';
import type { Operation, Span, SpanFacts } from '../../application/ports/telemetry/tracing.ts';
import type { TraceContext } from '../../domain/trace-context.ts';
import type { DeliveryFigures } from './delivery-figures.ts';
import { attributesOf, described, isFault, outcomeOf } from './described.ts';
import type { CurrentInstruments } from './instruments.ts';
import { measured } from './measured.ts';
import { attribute } from './names.ts';
import { spanContextOf, traceContextOf } from './span-context.ts';

/** What all spans of a process share. */
export interface SpanTools {
  readonly tracer: Tracer;
  readonly instruments: CurrentInstruments;
}

/** A span of the API, in our words. */
export class OpenTelemetrySpan implements Span {
  readonly context: TraceContext | undefined;
  readonly figures: DeliveryFigures;
  readonly #span: ApiSpan;
  readonly #below: Context;
  readonly #tools: SpanTools;
  #decision: string | undefined;
  #outcome: string | undefined;
  #errorType: string | undefined;

  private constructor(tools: SpanTools, span: ApiSpan, { start, figures }: Placed) {
    this.#tools = tools;
    this.#span = span;
    this.#below = trace.setSpan(start, span);
    this.figures = figures;
    this.context = traceContextOf(span.spanContext());
  }

  /** Runs `work` as a span that starts from `placed` alone, and is the active one meanwhile. */
  static async run<Result>(
    tools: SpanTools,
    operation: Operation,
    placed: Placed,
    work: (span: Span) => Promise<Result>,
  ): Promise<Result> {
    const { name, kind, attributes } = described(operation, placed.figures.destination);
    const links = placed.links?.map((link) => ({ context: spanContextOf(link) }));
    const started = tools.tracer.startSpan(name, { kind, attributes, ...(links && { links }) }, placed.start);
    const span = new OpenTelemetrySpan(tools, started, placed);
    const startedAt = performance.now();
    try {
      return await context.with(span.#below, work, undefined, span);
    } catch (thrown) {
      span.#failed(operation, thrown);
      throw thrown;
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      if (isWhole(operation)) span.#attributes({ [attribute.requests]: span.figures.requests });
      measured(tools.instruments.get(), operation, {
        seconds,
        figures: span.figures,
        decision: span.#decision,
        outcome: span.#outcome,
        errorType: span.#errorType,
      });
      started.end();
    }
  }

  /** A span that somebody else starts and ends. */
  static around(tools: SpanTools, span: ApiSpan, placed: Placed): Span {
    return new OpenTelemetrySpan(tools, span, placed);
  }

  within<Result>(operation: Operation, work: (span: Span) => Promise<Result>): Promise<Result> {
    return OpenTelemetrySpan.run(
      this.#tools,
      operation,
      { start: this.#startOf(operation), figures: this.figures },
      work,
    );
  }

  note(event: string, facts?: Readonly<Record<string, string | number | boolean>>): void {
    if (event === 'wait') this.figures.waitingSince ??= performance.now();
    this.#span.addEvent(`isb.${event}`, facts);
  }

  set(facts: SpanFacts): void {
    this.#decision = facts.decision ?? this.#decision;
    this.#outcome = facts.outcome ?? this.#outcome;
    if (this.#span.isRecording()) this.#attributes(attributesOf(facts));
  }

  link(linked: TraceContext | undefined): void {
    if (linked === undefined || isSameSpan(linked, this.context)) return;
    this.#span.addLink({ context: spanContextOf(linked) });
  }

  fail(type: string): void {
    this.#errorType = type;
    this.#attributes({ [attribute.errorType]: type });
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  requested(): void {
    this.figures.requests += 1;
  }

  #attributes = (attributes: Attributes): void => void this.#span.setAttributes(attributes);

  #failed(operation: Operation, thrown: unknown): void {
    const error = asError(thrown);
    if (isWhole(operation)) this.set({ outcome: outcomeOf(error) });
    if (!isFault(error)) return;
    this.fail(errorTypeOf(error));
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error) });
  }

  /** A step belongs below the handler's own span that it is called in, if that is one of this delivery's trace. */
  #startOf({ kind }: Operation): Context {
    if (kind !== 'step') return this.#below;
    const active = trace.getSpanContext(context.active());
    return active !== undefined && active.traceId === this.#span.spanContext().traceId ? context.active() : this.#below;
  }
}

/** What a span starts from. */
interface Placed {
  readonly start: Context;
  readonly figures: DeliveryFigures;
  readonly links?: readonly TraceContext[];
}

/** Whether it is all the work on one message or call, from the first request to the last. */
const isWhole = ({ kind }: Operation): boolean => kind === 'process' || kind === 'once';

/** Of few kinds: names of classes. Source of `_OTHER`: semantic conventions 1.45, `error.type`. */
const errorTypeOf = ({ name }: Error): string => (/^[A-Za-z_$][\w$]{0,59}$/.test(name) ? name : '_OTHER');

/** Whether both name the same span, whatever else is said of it. */
export const isSameSpan = (one: TraceContext | undefined, other: TraceContext | undefined): boolean =>
  one?.traceparent.slice(3, 52) === other?.traceparent.slice(3, 52);
