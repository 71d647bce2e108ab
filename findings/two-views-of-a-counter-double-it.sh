#!/usr/bin/env bash
# OpenTelemetry views: one that leaves out an attribute of a counter, and a second, of another part of the program, that selects the same
# counter and changes nothing. A good guess is two streams, or a warning. @opentelemetry/sdk-metrics 3.1.1 takes both for one
# stream, because name, unit and kind agree, and records each measurement once per view into it: add(1) is exported as 2, without a
# word. The attribute that the first view leaves out is gone for both. Seen: 1 with either view alone, 2 with both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent @opentelemetry/sdk-metrics@3.1.1 @opentelemetry/api@1.10.0
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { AggregationType, createAllowListAttributesProcessor, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

class Reader extends MetricReader {
  onForceFlush() {}
  onShutdown() {}
}

/** What is exported of a counter to which 1 was added once. */
async function exported(...views) {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader], views });
  provider.getMeter('shop').createCounter('orders').add(1, { country: 'NL', customer: '4711' });
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics[0].metrics.map(({ dataPoints }) => dataPoints.map(({ value, attributes }) => ({ value, ...attributes })));
}

const few = { instrumentName: 'orders', attributesProcessors: [createAllowListAttributesProcessor(['country'])] };
const sum = { instrumentName: 'orders', aggregation: { type: AggregationType.SUM } };
const found = { few: await exported(few), sum: await exported(sum), both: await exported(few, sum) };
console.log(JSON.stringify(found));
assert.deepEqual(found.few, [[{ value: 1, country: 'NL' }]]);
assert.deepEqual(found.sum, [[{ value: 1, country: 'NL', customer: '4711' }]]);
assert.deepEqual(found.both, [[{ value: 2, country: 'NL' }]]);
JS
node find.mjs
