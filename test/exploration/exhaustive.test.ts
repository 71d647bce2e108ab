import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.ts';
import { depth } from '../support/cases.ts';
import { Deliveries, type DeliveriesOptions } from './deliveries-explored.ts';
import { type Explored, explore, summary } from './explorer.ts';

/** Set by `npm run explore`, to run, too, what takes a quarter of an hour and more. */
const isLong = process.env['EXPLORE'] !== undefined;

const asText = ({ deliveries, faults, steps = 1, ...options }: DeliveriesOptions): string =>
  [
    `${deliveries} deliveries, ${faults} faults`,
    steps === 2 && 'two steps',
    options.stepMs && 'steps that outlast heartbeats',
    options.failsOnce && 'a first attempt that fails',
    options.atMostOnce && 'steps at most once',
    options.operator && `an operator's ${options.operator.join(' and ')}`,
    options.deletes && 'locks deleted at once',
    options.together && 'all in one process',
    options.clocksAlike && 'clocks alike',
  ]
    .filter(Boolean)
    .join(', ');

const small: readonly DeliveriesOptions[] = [
  { deliveries: 3, faults: 0, steps: 2, failsOnce: true },
  { deliveries: 2, faults: 1, steps: 2 },
  { deliveries: 2, faults: 1, failsOnce: true },
  { deliveries: 2, faults: 1, deletes: true },
  { deliveries: 2, faults: 0, operator: ['release'] },
];

const medium: readonly DeliveriesOptions[] = [
  { deliveries: 2, faults: 1, operator: ['release', 'answer'], atMostOnce: true },
  { deliveries: 2, faults: 1, operator: ['release'], stepMs: seconds(1) },
  { deliveries: 1, faults: 2, stepMs: seconds(1) },
  { deliveries: 2, faults: 1, stepMs: seconds(1) },
  { deliveries: 2, faults: 1, together: true },
  { deliveries: 3, faults: 1 },
  { deliveries: 2, faults: 2 },
];

const long: readonly DeliveriesOptions[] = [
  { deliveries: 1, faults: 3, stepMs: seconds(1) },
  { deliveries: 2, faults: 2, steps: 2 },
  { deliveries: 2, faults: 2, stepMs: seconds(1) },
  { deliveries: 2, faults: 2, failsOnce: true },
  { deliveries: 3, faults: 1, steps: 2, failsOnce: true },
  { deliveries: 3, faults: 2, clocksAlike: true },
];

const bounds = [...small, ...(depth === 'deep' ? medium : []), ...(isLong ? long : [])];

it.each(bounds.map((options) => ({ options, name: asText(options) })))(
  'in every interleaving one owner at a time works, and the message ends: $name',
  async ({ options, name }) => {
    const start = process.cpuUsage();
    const exploration = await explore(() => Deliveries.begin(options));
    const seconds = (process.cpuUsage(start).user / 1e6).toFixed(1);
    const text = summary(name, exploration);
    process.stdout.write(`${text}, ${seconds} s of CPU\n`);
    expect(exploration.failure, text).toBeUndefined();
    expect(exploration.isExhausted).toBe(true);
    expect(exploration.ends).toBeGreaterThan(0);
  },
);

describe('what the exploration leaves out, or takes for the same,', () => {
  const withoutFaults: readonly DeliveriesOptions[] = [
    { deliveries: 3, faults: 0 },
    { deliveries: 2, faults: 0, steps: 2, failsOnce: true },
  ];
  const withOne: readonly DeliveriesOptions[] = [
    { deliveries: 2, faults: 1 },
    { deliveries: 2, faults: 1, deletes: true },
  ];
  it.each(
    [...withoutFaults, ...(depth === 'deep' ? withOne : [])].map((options) => ({
      options: { ...options, clocksAlike: true },
      name: asText(options),
    })),
  )('leads to no other end: $name', async ({ options }) => {
    const all = await endsOf(await Deliveries.begin({ ...options, everyOrder: true }));
    const reduced = await endsOf(await Deliveries.begin(options), new Set());
    expect(reduced.keys).toEqual(all.keys);
    expect(reduced.schedules).toBeLessThan(all.schedules);
  });
});

/** The ends that every single schedule leads to, or, with `seen`, those that go on from no state twice. */
async function endsOf(from: Explored, seen?: Set<string>): Promise<{ keys: Set<string>; schedules: number }> {
  const keys = new Set<string>();
  let schedules = 0;
  const walk = async ({ key, wrongs, choices }: Explored): Promise<void> => {
    expect(wrongs).toEqual([]);
    if (choices.length === 0) keys.add(key);
    if (choices.length === 0 || seen?.has(key)) {
      schedules += 1;
      return;
    }
    seen?.add(key);
    for (const choice of choices) await walk(await choice.take());
  };
  await walk(from);
  return { keys, schedules };
}
