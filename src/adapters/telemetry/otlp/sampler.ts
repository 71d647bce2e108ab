import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

/**
 * The sampler that the standard variables name; by default whoever began a trace decides, and of those that begin here all are
 * kept. Source: OpenTelemetry, "Environment Variable Specification", general SDK configuration.
 */
export function samplerFrom(environment: Readonly<Record<string, string | undefined>>): Sampler {
  const ratio = Number(environment['OTEL_TRACES_SAMPLER_ARG'] || 1);
  const isRatio = ratio >= 0 && ratio <= 1;
  const byRatio = () => new TraceIdRatioBasedSampler(isRatio ? ratio : 1);
  switch (environment['OTEL_TRACES_SAMPLER']?.trim().toLowerCase()) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return byRatio();
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: byRatio() });
    default:
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
}
