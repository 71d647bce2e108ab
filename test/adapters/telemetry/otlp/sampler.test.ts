import { expect, it } from 'vitest';
import { samplerFrom } from '../../../../src/adapters/telemetry/otlp/sampler.ts';

it.each([
  [undefined, undefined, /^ParentBased\{root=AlwaysOnSampler/],
  ['always_on', undefined, /^AlwaysOnSampler/],
  ['always_off', undefined, /^AlwaysOffSampler/],
  ['traceidratio', '0.25', /^TraceIdRatioBased\{0.25\}/],
  ['parentbased_traceidratio', '0.25', /^ParentBased\{root=TraceIdRatioBased\{0.25\}/],
  ['parentbased_always_off', undefined, /^ParentBased\{root=AlwaysOffSampler/],
  ['traceidratio', 'many', /^TraceIdRatioBased\{1\}/],
])('OTEL_TRACES_SAMPLER %s with %s is the sampler of that name', (name, argument, expected) => {
  const sampler = samplerFrom({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument });
  expect(sampler.toString()).toMatch(expected);
});
