#!/usr/bin/env bash
# counter.add(1, attributes): a good guess is that the attributes are copied, as a span copies them. @opentelemetry/sdk-metrics 3.1.1
# keeps the caller's object until the next collection, and longer. A program that fills one object again for each measurement has
# its values counted under the right keys but exported under the last one: two data points, with the same attributes, of which a
# backend keeps one or adds both. Seen: one message of queue a, two of queue b; exported are two points, both of queue b.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent @opentelemetry/sdk-metrics@3.1.1 @opentelemetry/api@1.10.0
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

class Reader extends MetricReader {
  onForceFlush() {}
  onShutdown() {}
}

const reader = new Reader();
const counter = new MeterProvider({ readers: [reader] }).getMeter('shop').createCounter('messages');
const attributes = {};
for (const queue of ['a', 'b', 'b']) {
  attributes.queue = queue;
  counter.add(1, attributes);
}
const { resourceMetrics } = await reader.collect();
const points = resourceMetrics.scopeMetrics[0].metrics[0].dataPoints.map(({ value, attributes: { queue } }) => ({ queue, value }));
console.log(points);
assert.deepEqual(points, [{ queue: 'b', value: 1 }, { queue: 'b', value: 2 }]);
JS
node find.mjs
