import fc from 'fast-check';
import { it } from 'vitest';
import { anyInstance, plans } from './simulation/any-plan.ts';
import type { Plan } from './simulation/plan.ts';
import { holds } from './simulation/promise.ts';
import { SimulatedWorld } from './simulation/simulated-world.ts';

const anHour = 3_600_000;

const withClocks = (change: fc.Arbitrary<Partial<Plan['instances'][number]>>) =>
  fc.array(
    fc.tuple(anyInstance, change).map(([instance, changed]) => ({ ...instance, ...changed })),
    { minLength: 2, maxLength: 7, size: 'max' },
  );

it('clocks that jump, stop, run fast or slow, or stood still with their machine, decide nothing', () => {
  const moment = fc.nat(60_000);
  const wallClock = fc.oneof(
    fc.record({ kind: fc.constant('jumps' as const), at: moment, by: fc.integer({ min: -anHour, max: anHour }) }),
    fc.record({ kind: fc.constant('stops' as const), at: moment }),
  );
  const asleep = fc.record({ at: moment, ms: fc.nat(60_000), isAsleep: fc.constant(true) });
  const change = fc.oneof(
    fc.record({ wallClock, pause: fc.constant(null) }),
    fc.record({ wallClock: fc.constant(null), pause: asleep }),
  );
  return holds(plans({ instances: withClocks(change) }), 'clocks that decide nothing');
});

it('the same happens to the lock at the same moments, however wrong the time is that instances show', () => {
  const steady = fc.record({ wallClock: fc.constant(null), wallOffset: fc.integer({ min: -anHour, max: anHour }) });
  const rightTime = (plan: Plan): Plan => ({
    ...plan,
    instances: plan.instances.map((each) => ({ ...each, wallOffset: 0 })),
  });
  return holds(
    plans({ instances: withClocks(steady) }),
    'clocks that are only shown',
    async function* ({ timeline }, plan) {
      const other = await SimulatedWorld.run(rightTime(plan));
      const at = timeline.lines.findIndex((line, index) => line !== other.timeline.lines[index]);
      if (at >= 0) yield `with the right time, this would have happened instead:\n${other.timeline.lines[at]}`;
    },
  );
});
