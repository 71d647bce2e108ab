import type { TraceContext } from '../../../domain/trace-context.ts';

/** What is told of as one span: a piece of work with a start and an end. Names in it come from code, and are few. */
export type Operation =
  /** A message is submitted over HTTP. */
  | { readonly kind: 'submit' }
  /** It is put on the queue. */
  | { readonly kind: 'send' }
  /** A delivery is worked on, from its arrival to the word that settles it. */
  | { readonly kind: 'process' }
  /** Work is called for that nobody delivers, and that is to be done once. The names of scopes are few. */
  | { readonly kind: 'once'; readonly scope: string }
  /** Its lock is claimed, with all waiting for it. */
  | { readonly kind: 'acquire' }
  | { readonly kind: 'step'; readonly name: string }
  /** An owner's last write. */
  | { readonly kind: 'end'; readonly as: 'complete' | 'release' | 'fail' }
  /** The broker is told what became of the delivery. */
  | { readonly kind: 'settle'; readonly as: string };

/** What may be said of an operation. What is not known is left out. */
export interface SpanFacts {
  readonly messageId?: string | undefined;
  /** The source of another producer's event. */
  readonly source?: string | undefined;
  readonly eventType?: string | undefined;
  /** The queue, or the topic and its subscription. */
  readonly destination?: string | undefined;
  readonly deliveryCount?: number | undefined;
  /** RFC 3339, as the broker gives it. */
  readonly enqueuedTime?: string | undefined;
  readonly decision?: string | undefined;
  readonly takeoverCause?: string | undefined;
  readonly attempt?: number | undefined;
  readonly fencingToken?: number | undefined;
  /** How a delivery ended: `completed`, `skipped`, or what its error says. */
  readonly outcome?: string | undefined;
  /** The status of an HTTP answer. */
  readonly status?: number | undefined;
}

/** Where a span starts from: nothing of what happens to be active has a say in it. */
export interface Origin {
  readonly parent?: TraceContext | undefined;
  /** The host tells of this very operation, as `parent`: what is below it is told of alone. */
  readonly isToldByHost?: boolean;
  /** What led here otherwise. Those that are the parent, or come twice, count once. */
  readonly links?: readonly (TraceContext | undefined)[];
  readonly facts?: SpanFacts;
}

/** One span under way. None of its methods throws. */
export interface Span {
  /** To be handed on, also if nothing is recorded; undefined without a trace. */
  readonly context: TraceContext | undefined;
  /** Runs `work` as a span below this one, which may have ended. What rejects is an error, unless it is only contention. */
  within<Result>(operation: Operation, work: (span: Span) => Promise<Result>): Promise<Result>;
  /** Something happened at this moment. */
  note(event: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  set(facts: SpanFacts): void;
  link(context: TraceContext | undefined): void;
  /** It did not end well, though nothing is thrown. `type` is a word of ours. */
  fail(type: string): void;
  /** The store was asked once more for this delivery. */
  requested(): void;
}

/** Tells of work as it is done. It must not throw, and must not wait for anything but the work. */
export interface Tracing {
  begin<Result>(operation: Operation, origin: Origin, work: (span: Span) => Promise<Result>): Promise<Result>;
}

/** A span of which nothing is told. It hands its context on. */
export class SilentSpan implements Span {
  readonly context: TraceContext | undefined;

  constructor(context?: TraceContext) {
    this.context = context;
  }

  within = <Result>(_operation: Operation, work: (span: Span) => Promise<Result>): Promise<Result> => work(this);
  note(): void {}
  set(): void {}
  link(): void {}
  fail(): void {}
  requested(): void {}
}

/** Without a trace. */
export const silentSpan: Span = new SilentSpan();

/** Tells of nothing. */
export const noTracing: Tracing = {
  begin: (_operation, { parent }, work) => work(parent === undefined ? silentSpan : new SilentSpan(parent)),
};
