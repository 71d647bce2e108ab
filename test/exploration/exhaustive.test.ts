import { expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.ts';
import { Deliveries, type DeliveriesOptions } from './deliveries-explored.ts';
import { explore, summary } from './explorer.ts';

/** Set by `npm run explore`, to run, too, what takes longer than the other tests together. */
const isLong = process.env['EXPLORE'] !== undefined;

const longestMs = isLong ? 3_600_000 : 120_000;

const asText = ({ deliveries, faults, steps = 1, stepMs = seconds(0), failsOnce = false }: DeliveriesOptions): string =>
  [
    `${deliveries} deliveries, ${faults} faults`,
    steps === 2 && 'two steps',
    stepMs > 0 && 'steps that outlast heartbeats',
    failsOnce && 'a first attempt that fails',
  ]
    .filter(Boolean)
    .join(', ');

async function exhaust(options: DeliveriesOptions): Promise<void> {
  const exploration = await explore(() => Deliveries.begin(options));
  const text = summary(asText(options), exploration);
  process.stdout.write(`${text}\n`);
  expect(exploration.failure, text).toBeUndefined();
  expect(exploration.isExhausted).toBe(true);
  expect(exploration.ends).toBeGreaterThan(0);
}

const short: readonly DeliveriesOptions[] = [
  { deliveries: 3, faults: 0, steps: 2, failsOnce: true },
  { deliveries: 1, faults: 2, stepMs: seconds(1) },
  { deliveries: 2, faults: 1, steps: 2 },
  { deliveries: 2, faults: 1, stepMs: seconds(1) },
  { deliveries: 2, faults: 1, failsOnce: true },
  { deliveries: 3, faults: 1 },
];

const long: readonly DeliveriesOptions[] = [
  { deliveries: 2, faults: 2 },
  { deliveries: 3, faults: 2 },
];

it.each([...short, ...(isLong ? long : [])].map((options) => ({ options, name: asText(options) })))(
  'in every interleaving one owner at a time works, and the message ends: $name',
  ({ options }) => exhaust(options),
  longestMs,
);
