import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Instruments } from '../../src/adapters/open-telemetry/instruments.ts';
import { attribute, metric } from '../../src/adapters/open-telemetry/names.ts';

const read = (name: string): string => readFileSync(`docs/${name}`, 'utf8');
const ours = /\b(?:isb|messaging|error)(?:\.[a-z_]+)+\b/g;
const namesOfCode = new Set<string>([...Object.values(attribute), ...Object.values(metric)]);

/** Source: OpenTelemetry, "Prometheus and OpenMetrics Compatibility": dots and units in names. */
const underscored = (name: string): string => name.replaceAll('.', '_');

/** What Prometheus calls the metrics of the code, by kind and unit as the instruments have them. */
function prometheusNames(): ReadonlySet<string> {
  const names = new Set<string>();
  const made =
    (end: string) =>
    (name: string, { unit = '' } = {}) => {
      const base = `${underscored(name)}${unit === 's' ? '_seconds' : ''}`;
      for (const suffix of end.split(' ')) names.add(`${base}${suffix}`);
      return { addCallback: () => undefined };
    };
  const meter = {
    createHistogram: made('_bucket _sum _count'),
    createCounter: made('_total'),
    createObservableGauge: made(''),
  };
  new Instruments({ getMeter: () => meter } as never, { name: 'test', version: '1' });
  return names;
}

describe('The Grafana dashboard', () => {
  const { panels, templating } = JSON.parse(read('dashboards/grafana.json'));
  const queries: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );
  const words = (text: string) => text.match(/\b(?:isb|messaging|error|service)_[a-z_]+\b/g) ?? [];

  it('asks for metrics and attributes of the code alone', () => {
    const known = new Set([...prometheusNames(), ...Object.values(attribute).map(underscored), 'service_name']);
    const asked = [...queries, JSON.stringify(templating)].flatMap(words);
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((word) => !known.has(word))).toEqual([]);
  });

  it('has a panel for each metric but those that others show', () => {
    const asked = new Set(queries.flatMap(words).map((word) => word.replace(/_(?:bucket|total|seconds)/g, '')));
    const notShown = Object.values(metric).filter((name) => !asked.has(underscored(name)));
    expect(notShown).toEqual([
      metric.operationDuration,
      metric.sent,
      metric.decisions,
      metric.holdDuration,
      metric.sweepDeleted,
      metric.sweepDuration,
    ]);
  });
});

describe('The Azure workbook', () => {
  it('asks for metrics and attributes of the code alone', () => {
    const { items } = JSON.parse(read('dashboards/azure-workbook.json'));
    const asked = items.flatMap(({ content }: { content: { query?: string } }) => content.query?.match(ours) ?? []);
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((name: string) => !namesOfCode.has(name))).toEqual([]);
  });
});

describe('docs/telemetry.md', () => {
  it('has every metric, and none that the code does not have', () => {
    const page = read('telemetry.md');
    const named = new Set([...page.matchAll(/`((?:isb|messaging)\.[a-z_.]+)`/g)].map(([, name = '']) => name));
    const known = new Set([...namesOfCode, attribute.formerSystem, 'isb.wait', 'isb.heartbeat']);
    for (const event of ['isb.step-replayed', 'isb.ambiguous-resolved']) known.add(event);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
    expect(Object.values(metric).filter((name) => !named.has(name))).toEqual([]);
  });
});

it('The names are those of the semantic conventions, where these have one', async () => {
  const conventions = new Set<unknown>(Object.values(await import('@opentelemetry/semantic-conventions/incubating')));
  const shared = [...namesOfCode].filter((name) => !name.startsWith('isb.'));
  expect(shared.filter((name) => !conventions.has(name))).toEqual([]);
});
