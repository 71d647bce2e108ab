import { describe, expect, it } from 'vitest';
import { wantedSignals } from '../../../../src/adapters/telemetry/otlp/wanted-signals.ts';

const all = ['traces', 'metrics', 'logs'];
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('What the OTEL variables ask for', () => {
  it.each([
    ['nothing without them', {}, []],
    ['all with an endpoint', endpoint, all],
    ['nothing where the SDK is disabled', { ...endpoint, OTEL_SDK_DISABLED: 'True' }, []],
    ['what is not left out', { ...endpoint, OTEL_LOGS_EXPORTER: 'none' }, ['traces', 'metrics']],
    [
      'a signal that has an endpoint of its own',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://h/v1/traces' },
      ['traces'],
    ],
    ['a signal that is asked for by name', { OTEL_METRICS_EXPORTER: 'otlp' }, ['metrics']],
    ['nothing for a variable that is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, []],
  ])('is %s', (_, environment, expected) => {
    const { signals, warnings } = wantedSignals(environment);
    expect([[...signals], warnings]).toEqual([expected, []]);
  });

  it('is no log lines where the host exports them, unless they are asked for', () => {
    const hosted = { hostsLogs: true };
    expect([...wantedSignals(endpoint, hosted).signals]).toEqual(['traces', 'metrics']);
    expect([...wantedSignals({ ...endpoint, OTEL_LOGS_EXPORTER: 'otlp' }, hosted).signals]).toEqual(all);
  });

  it('is told of where it is not done', () => {
    const { signals, warnings } = wantedSignals({
      ...endpoint,
      OTEL_TRACES_EXPORTER: 'zipkin',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });
    expect([...signals]).toEqual(['metrics', 'logs']);
    expect(warnings).toEqual([
      'OTEL_TRACES_EXPORTER is not "otlp" or "none": no traces are exported.',
      'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc", but telemetry is exported by http/json: let the endpoint be one for HTTP, mostly at port 4318.',
    ]);
  });
});
