/** One value between host and worker, in the parts of it that are used here. */
export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly http: Readonly<Record<string, unknown>> };

export interface RegisteredFunction {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly retryOptions?: unknown;
}

/** What a worker process tells once it has loaded an app. */
export interface WorkerReport {
  readonly functions: readonly RegisteredFunction[];
  readonly hooks: readonly string[];
  /** What the entry file threw, or else a hook at the start. */
  readonly error?: string;
}

export interface HostSpan {
  readonly traceParent: string;
  readonly traceState?: string;
}

export interface Invocation {
  readonly id: number;
  readonly name: string;
  readonly request: {
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    /** The span that the host has for the invocation. */
    readonly traceContext?: HostSpan;
  };
}

/** How an invocation ended: the message is completed unless there is an error. */
export interface InvocationEnd {
  readonly id: number;
  readonly returnValue?: unknown;
  readonly error?: string;
  readonly logs: { level: string; category: string; message: string }[];
}
