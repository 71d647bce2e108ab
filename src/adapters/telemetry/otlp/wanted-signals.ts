type Environment = Readonly<Record<string, string | undefined>>;

const signals = ['traces', 'metrics', 'logs'] as const;

export type Signal = (typeof signals)[number];

export interface WantedSignals {
  readonly signals: ReadonlySet<Signal>;
  /** What of the variables is not done, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * What the standard variables ask to export over OTLP: each signal that has an endpoint, of its own or of all, or whose exporter is
 * named; none if the SDK is disabled. `hostsLogs`: the host exports the log lines itself, so that they are exported only if asked for.
 *
 * Source: OpenTelemetry, "Environment Variable Specification" and "OTLP Exporter Configuration".
 */
export function wantedSignals(
  environment: Environment,
  { hostsLogs = false }: { readonly hostsLogs?: boolean } = {},
): WantedSignals {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const wanted = new Set<Signal>();
  const warnings: string[] = [];
  if (given('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return { signals: wanted, warnings };
  for (const signal of signals) {
    const name = `OTEL_${signal.toUpperCase()}_EXPORTER`;
    const exporter = given(name)?.toLowerCase();
    const endpoint =
      given('OTEL_EXPORTER_OTLP_ENDPOINT') ?? given(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`);
    const isByEndpoint = exporter === undefined && endpoint !== undefined && !(signal === 'logs' && hostsLogs);
    if (exporter === 'otlp' || isByEndpoint) wanted.add(signal);
    else if (exporter !== undefined && exporter !== 'none') {
      warnings.push(`${name} is not "otlp" or "none": no ${signal} are exported.`);
    }
  }
  const protocol = given('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (wanted.size > 0 && protocol === 'grpc') {
    warnings.push(
      'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc", but telemetry is exported by http/json: let the endpoint be one for HTTP, mostly at port 4318.',
    );
  }
  return { signals: wanted, warnings };
}
